// When something is away: the database restarts while events arrive, a data directory is in use, nodes start at once.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@relance/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelance } from '../../packages/server/src/app/relance.ts';
import { type BundledServer, startBundledServer } from '../../packages/server/src/store/bundled.ts';
import { migrate } from '../../packages/server/src/store/migrate.ts';
import { createTestDatabase } from '../database.ts';
import { API_KEY, TASK, taskEvent } from '../server.ts';
import { quietLog, SECRET } from '../world.ts';

describe('the database restarts while events arrive', () => {
  let folder: string;
  let bundled: BundledServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relance-outage-'));
    bundled = await startBundledServer({ dataDir: folder });
  });
  afterAll(async () => {
    await bundled.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers 503 with Retry-After, and loses nothing it answered 202', { timeout: 90_000 }, async () => {
    const relance = await createRelance({ database: bundled.url, secretKey: SECRET, apiKey: API_KEY, log: quietLog });
    const url = await relance.http.listen({ port: 0, host: '127.0.0.1' });
    relance.start();
    const client = createClient({ url, key: API_KEY, retriesMax: 0 });
    await client.recipients.put('ana', { name: 'Ana', email: 'ana@example.test' });
    await client.recipients.put('boss', { name: 'Boss', email: 'boss@example.test' });
    await client.policies.put('task', TASK);
    const accepted: string[] = [];
    const others = new Map<number, number>();
    let stop = false;
    const sender = async (): Promise<void> => {
      for (let number = 0; !stop; number++) {
        const id = `${sender.name}-${Math.abs(performance.now() * 1000) | 0}-${number}-${accepted.length}`;
        const response = await fetch(`${url}/v1/events`, {
          method: 'POST',
          headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/cloudevents+json' },
          body: JSON.stringify(taskEvent('assigned', { id, title: id, assignee: 'ana' })),
        });
        if (response.status === 202) accepted.push(id);
        else {
          others.set(response.status, (others.get(response.status) ?? 0) + 1);
          expect(response.headers.get('retry-after')).not.toBeNull();
        }
        await response.body?.cancel();
      }
    };
    const senders = Array.from({ length: 8 }, sender);
    const enough = async (count: number): Promise<void> => {
      const goal = accepted.length + count;
      const since = performance.now();
      while (accepted.length < goal && performance.now() - since < 30_000)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(accepted.length).toBeGreaterThanOrEqual(goal);
    };
    await enough(100);
    for (let restart = 0; restart < 3; restart++) {
      const pid = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGINT'); // fast shutdown: every connection is cut
      const since = performance.now();
      while (performance.now() - since < 20_000) {
        try {
          process.kill(pid, 0);
        } catch {
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await restartOnSamePort(folder, new URL(bundled.url).port);
      await enough(50);
    }
    stop = true;
    await Promise.all(senders);
    expect([...others.keys()].filter((status) => status !== 503)).toEqual([]);
    const missing: string[] = [];
    for (const id of accepted) if ((await client.followUps.list({ key: id })).items.length !== 1) missing.push(id);
    expect(missing).toEqual([]);
    await relance.stop();
  });
});

/** The pool knows one address, so the server comes back where it was. */
async function restartOnSamePort(folder: string, port: string): Promise<void> {
  const again = await startBundledServer({ dataDir: folder, port: Number(port) });
  expect(new URL(again.url).port).toBe(port);
}

describe('starting', () => {
  it('lets two nodes migrate one empty database at once', async () => {
    const { url, drop } = await createTestDatabase({ migrated: false });
    const results = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(results.map((applied) => applied.length).sort()).toEqual([0, 0, results.flat().length]);
    await drop();
  });

  it('attaches to a data directory in use, and leaves the server to the other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relance-shared-'));
    const first = await startBundledServer({ dataDir: folder });
    const second = await startBundledServer({ dataDir: folder });
    expect([first.attached, second.attached]).toEqual([false, true]);
    await migrate(first.url);
    const relance = await createRelance({ database: first.url, secretKey: SECRET, log: quietLog });
    relance.start();
    await relance.http.inject({ url: '/readyz' });
    expect(await second.stop()).toBe('left_running');
    expect((await relance.http.inject({ url: '/readyz' })).statusCode).toBe(200);
    await relance.stop();
    expect(await first.stop()).toBe('stopped');
    rmSync(folder, { recursive: true, force: true });
  });

  it('does not use the bundled server as superuser', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relance-role-'));
    const bundled = await startBundledServer({ dataDir: folder });
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: bundled.url });
    await client.connect();
    expect(
      (await client.query('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user')).rows,
    ).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    await client.end();
    await bundled.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
