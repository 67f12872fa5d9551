// The supervisor of the bundled PostgreSQL: what it finds on a data directory, who else uses it, and what it never destroys.
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BundledServer, startBundledServer } from './bundled.ts';

let dataDir: string;
const running: BundledServer[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'relance-bundled-'));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop().catch(() => {});
  rmSync(dataDir, { recursive: true, force: true });
});
const memory = () => join(dataDir, 'postgres.json');

async function start(): Promise<BundledServer> {
  const server = await startBundledServer({ dataDir, settings: { fsync: 'off' } });
  running.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a database whose password file is lost', () => {
  it('is refused, not replaced by an empty one', async () => {
    const server = await start();
    await ask(server.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await server.stop();
    const remembered = readFileSync(memory(), 'utf8');
    rmSync(memory());
    await expect(start()).rejects.toMatchObject({
      message: expect.stringMatching(/postgres\.json/),
      next: expect.stringMatching(/Restore/),
    });
    writeFileSync(memory(), remembered, { mode: 0o600 });
    expect(await ask((await start()).url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('is refused in words when that file is damaged', async () => {
    await (await start()).stop();
    writeFileSync(memory(), '{"place":');
    await expect(start()).rejects.toMatchObject({
      message: expect.stringMatching(/damaged/),
      next: expect.stringMatching(/Restore/),
    });
  });

  it('is taken over where only the last step of making it was cut off', async () => {
    const server = await start();
    await ask(server.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await server.stop();
    const remembered = readFileSync(memory(), 'utf8');
    rmSync(memory());
    writeFileSync(`${memory()}.new`, remembered, { mode: 0o600 });
    expect(await ask((await start()).url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(readdirSync(dataDir)).not.toContain('postgres.json.new');
  });
});

describe('a server that two use', () => {
  it('is left running by the first while the second is still on its way to its first connection', async () => {
    const first = await start();
    const second = await start();
    expect([first.attached, second.attached]).toEqual([false, true]);
    expect(await first.stop()).toBe('left_running');
    expect(await ask(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await second.stop()).toBe('stopped');
  });

  it('is started once by two that start at the same moment', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect([one.attached, other.attached].sort()).toEqual([false, true]);
    expect(one.url).toBe(other.url);
    expect([await one.stop(), await other.stop()]).toEqual(['left_running', 'stopped']);
  });
});

describe('files of another account', () => {
  // As root PostgreSQL runs as `postgres`, or as `nobody` where that does not exist; installing a package may change that.
  it('are served as the account that owns them', async () => {
    await (await start()).stop();
    if (process.getuid?.() === 0) giveTo(join(dataDir, 'postgres'), OTHER_ACCOUNT);
    expect(await ask((await start()).url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});

const OTHER_ACCOUNT = 65_534; // nobody
function giveTo(folder: string, account: number): void {
  chownSync(folder, account, account);
  for (const name of readdirSync(folder, { recursive: true }) as string[])
    chownSync(join(folder, name), account, account);
}
