// What `relance doctor` says of the channels: where the messages of each go, and how the connections of tenants fare.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putHealth } from '../../packages/server/src/store/sql/connection.ts';
import { beginCommand, type Environment, finished, type Said } from '../command.ts';
import { json, startTestServer, type TestServer } from '../server.ts';
import { SECRET } from '../world.ts';

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relance-doctor-'));
  server = await startTestServer();
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const doctor = (more: Environment = {}): Promise<Said> =>
  finished(
    beginCommand(folder, ['doctor'], { RELANCE_DATABASE_URL: server.databaseUrl, RELANCE_SECRET_KEY: SECRET, ...more }),
    '',
  );

it('names the connection of every channel, in the mailbox or in earnest, and shows no secret', async () => {
  const before = (await doctor()).out;
  for (const channel of ['email', 'sms', 'push', 'chat'])
    expect(before).toMatch(new RegExp(`^ok   Channel ${channel}: captured in the mailbox, and leave for nobody`, 'm'));
  expect(before).toMatch(/^ok {3}Channel inbox: "inbox" \(of the server itself\)$/m);
  expect(before).not.toContain('Connections:');

  const settings = { host: 'smtp.acme.test', from: 'Acme <hello@acme.test>' };
  const secrets = { user: 'acme', password: 'a-very-secret-password' };
  const body = json({ provider: 'smtp', settings, secrets });
  expect((await server.raw('/v1/connections/mails', { ...body, method: 'PUT' })).status).toBe(200);
  expect((await doctor()).out).toMatch(
    /^ok {3}Channel email: "mails" of the tenant default \(smtp, up\); those of other/m,
  );

  const { database } = server.relance.engine.engine;
  const down = { tenant: 'default', connection: 'mails', state: 'down', detail: 'it answers nothing' } as const;
  await database.transaction(ENGINE, (tx) => putHealth(tx, 'a-node', [down]));
  const said = (await doctor({ RELANCE_SMTP_URL: 'smtp://ana:wordpass@127.0.0.1:9' })).out;
  expect(said).toMatch(
    /^warn Channel email: "mails" of the tenant default \(smtp, down since \S+: it answers nothing\); those of other tenants: "smtp" \(smtp, 127\.0\.0\.1:9\)\n {5}Next: See GET \/v1\/connections\/mails, /m,
  );
  expect(said).not.toMatch(/a-very-secret-password|wordpass/);
}, 60_000);

it('says what it cannot know where the database is not there', async () => {
  const said = (await doctor({ RELANCE_DATABASE_URL: '', RELANCE_DATA_DIR: join(folder, 'untouched') })).out;
  expect(said).toMatch(/^ok {3}Connections: those of tenants are not known, as the database cannot be asked$/m);
  expect(said).toMatch(/^ok {3}Channel sms: captured in the mailbox/m);
}, 60_000);
