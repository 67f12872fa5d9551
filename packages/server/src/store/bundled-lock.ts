// A lock file that names its holder, so that two starters of one data directory take turns and a holder that died is
// recognised. Only for starting and stopping: the running server has PostgreSQL's own postmaster.pid.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

const WAIT_MAX_MS = 90_000;
const POLL_MS = 25;

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
  for (
    const since = performance.now();
    performance.now() - since < WAIT_MAX_MS;
    await new Promise((done) => setTimeout(done, POLL_MS))
  ) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
      if (isStale(path)) rmSync(path, { force: true });
    }
  }
  throw new Error(
    `Another Relance has been starting on this data directory for over a minute (${path}). Remove that file if none is running.`,
  );
}

function isStale(path: string): boolean {
  try {
    const holder = readFileSync(path, 'utf8');
    return holder !== '' && !isAlive(Number(holder));
  } catch {
    return false;
  }
}
