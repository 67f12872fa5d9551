// Where tests put what nobody keeps. Their databases are made and dropped by the hundred, of two thousand files each, and their browsers
// write as much: on a disk that takes longer than the tests themselves. On Linux, memory is used as a folder where there is enough of it.
import { readFileSync, statfsSync } from 'node:fs';

const MEMORY = '/dev/shm';
const BYTES_MIN = 4 * 2 ** 30;
/** What is free of it is what it may hold; whether the machine has that, and its programs beside it, is another question. */
const MEMORY_MIN = 2 * BYTES_MIN;

/** Null: there is none, too little of it (a container has 64 MB), or programs cannot be started from it. */
export function memoryFolder(): string | null {
  try {
    const [, , type, options = ''] =
      readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' '))
        .find(([, place]) => place === MEMORY) ?? [];
    const allowed = options.split(',');
    if (type !== 'tmpfs' || !allowed.includes('rw') || allowed.includes('noexec')) return null;
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= BYTES_MIN && process.availableMemory() >= MEMORY_MIN ? MEMORY : null;
  } catch {
    return null;
  }
}
