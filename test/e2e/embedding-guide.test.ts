// The guide to embedding: its code runs as it stands, over the folder that `relance init` makes; its tables name every option; and the
// defaults are so.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelance, type Relance, type RelanceOptions } from '../../packages/server/src/app/relance.ts';
import { STARTER } from '../../packages/server/src/cli/init.ts';
import { createTestDatabase } from '../database.ts';
import { blocksOf, guideText } from '../guide.ts';
import { furnish, startTestServer, taskEvent } from '../server.ts';

const GUIDE = guideText('embedding.md');
const APP = new URL('../../packages/server/src/app/', import.meta.url);

describe('the code of the guide to embedding', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let folder: string;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    folder = mkdtempSync(join(tmpdir(), 'relance-embedding-'));
    for (const [name, text] of Object.entries(STARTER)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens and resolves in a transaction of one’s own', async () => {
    const code = blocksOf(GUIDE, 'ts')
      .join('\n')
      .replace(/^import .*\n/gm, '')
      .replace('postgres://app:secret@localhost/app', database.url)
      .replace("'./relance'", JSON.stringify(folder))
      .replace(
        'createServer(relance.handler).listen(4400)',
        'const listening = createServer(relance.handler).listen(0)',
      );
    const body = `return (async () => { ${code}\nreturn { relance, listening, opened, resolved }; })();`;
    const run = new Function('createServer', 'createRelance', 'client', body);
    const { relance, listening, opened, resolved } = await run(createServer, createRelance, client);
    try {
      await client.query('COMMIT');
      expect(opened).toMatchObject({ kind: 'opened', followUp: { key: 't1', assignee: 'ana' } });
      expect(resolved).toMatchObject({
        kind: 'done',
        changed: true,
        followUp: { status: 'resolved', outcome: 'done' },
      });
    } finally {
      listening.close();
      await (relance as Relance).stop();
    }
  });
});

describe('the tables of the guide to embedding', () => {
  const rows = [...GUIDE.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
  const namesIn = (text: string, indent: number): readonly string[] =>
    [...text.matchAll(new RegExp(`^ {${indent}}readonly (\\w+)\\??:`, 'gm'))].map(([, name = '']) => name);
  const part = (file: string, wanted: RegExp): string =>
    wanted.exec(readFileSync(new URL(file, APP), 'utf8'))?.[1] ?? '';

  it('name every option', () => {
    const own = namesIn(part('relance.ts', /interface RelanceOptions [^{]*\{\n([\s\S]*?)\n\}/), 2);
    const shared = namesIn(part('open-channels.ts', /interface ChannelOptions \{\n([\s\S]*?)\n\}/), 2);
    const channels = namesIn(part('open-channels.ts', /readonly channels\?: \{\n([\s\S]*?)\n {2}\};/), 4);
    expect(channels).toHaveLength(10);
    expect([...new Set([...own, ...shared, ...channels])].sort()).toEqual([...new Set(rows)].sort());
  });
});

describe('what the guide to embedding says of channels', () => {
  /** What becomes of a mail. */
  async function mailWith(channels: NonNullable<RelanceOptions['channels']>) {
    const server = await startTestServer({ channels });
    try {
      await furnish(server);
      const { followUps } = await server.client.events.send(
        taskEvent('assigned', { id: 't', title: 'T', assignee: 'ana' }),
      );
      await server.advance('1 second');
      const { items } = await server.client.followUps.messages(followUps[0]?.id ?? '');
      const found = items.find(({ channel }) => channel === 'email');
      return { mail: `${found?.status} ${found?.reason}`, inboundPort: server.relance.inboundPort };
    } finally {
      await server.end();
    }
  }
  it('mail is captured where nothing sends it, or fails', async () => {
    expect(await mailWith({})).toEqual({ mail: 'accepted opened', inboundPort: null });
    expect((await mailWith({ captureOthers: false })).mail).toBe('failed no_connection');
  });
  it('mail that comes back is listened for at any free port', async () => {
    const { inboundPort } = await mailWith({
      inbound: { host: '127.0.0.1', port: 0 },
      mailReturnPath: 'b@example.com',
    });
    expect(inboundPort).toBeGreaterThan(0);
  });
});
