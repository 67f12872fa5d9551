// Taking turns on a data directory: a holder that died is recognised, also when its pid is somebody else's by now.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLock } from './bundled-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = () => join(folder, 'start.lock');
const NOBODY = 2 ** 22 + 1; // above every pid that Linux gives

describe('a lock', () => {
  it('is held by one at a time, in this process too', async () => {
    const release = await holdLock(path());
    let second = false;
    const waiting = holdLock(path()).then((done) => {
      second = true;
      return done;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(second).toBe(false);
    release();
    (await waiting)();
    expect(existsSync(path())).toBe(false);
  });

  it('of a process that is no more is taken over', async () => {
    writeFileSync(path(), `${NOBODY} 1`);
    (await holdLock(path()))();
  });

  // A container's first process has the same pid after every restart.
  it('of an earlier process with our own pid is taken over', async () => {
    writeFileSync(path(), `${process.pid} 1`);
    (await holdLock(path()))();
  });

  it('that was cut off before it named its holder is taken over after a while', async () => {
    writeFileSync(path(), '');
    (await holdLock(path()))();
  });
});
