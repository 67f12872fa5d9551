// A lock file that names its holder, so that two starters of one data directory take turns and a holder that died is
// recognised: by its pid and, where the system tells it, the time it began, because a container's first process has the same
// pid after every restart. Only for starting and stopping: the running server has PostgreSQL's own postmaster.pid.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

const WAIT_MAX_MS = 90_000;
const POLL_MS = 25;
/** Between making the file and naming the holder in it there is a moment; after this long, it was cut off there. */
const NAMELESS_MAX_MS = 1_000;

export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Waits for the lock; answers with its release. */
export async function holdLock(path: string): Promise<() => void> {
  let named = performance.now();
  for (
    const since = performance.now();
    performance.now() - since < WAIT_MAX_MS;
    await new Promise((done) => setTimeout(done, POLL_MS))
  ) {
    try {
      writeHolder(path);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
      const holder = holderOf(path);
      if (holder !== '') named = performance.now();
      if (holder === '' ? performance.now() - named > NAMELESS_MAX_MS : isGone(holder)) rmSync(path, { force: true });
    }
  }
  throw new Error(
    `Another Relance has been starting on this data directory for over a minute (${path}). Remove that file if none is running.`,
  );
}

function writeHolder(path: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, `${process.pid} ${beganAt(process.pid)}`);
  } catch (error) {
    rmSync(path, { force: true }); // a full disk: a lock without a name would keep everybody out once there is room again
    throw error;
  } finally {
    closeSync(file);
  }
}

/** When a process began, in the system's own words; the same for all where the system does not tell. */
function beganAt(pid: number): string {
  try {
    // proc(5): the fields follow the command in parentheses, which may hold spaces; starttime is the 22nd, 20th of the rest.
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Null when it has been released meanwhile. */
function holderOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function isGone(holder: string | null): boolean {
  if (holder === null) return false;
  const [pid = '', began = ''] = holder.split(' ');
  return !isAlive(Number(pid)) || began !== beganAt(Number(pid));
}
