// The server's own mail server is away: whoever has no connection of their own for mail sees it on the overview and on the page of the
// channels, with why; whoever has one does not; a server that begins anew and finds it there again says so.
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelance } from '../../packages/server/src/app/relance.ts';
import { freePort } from '../free-port.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE } from '../pages/dashboard.ts';
import { API_KEY, furnish, json, taskEvent } from '../server.ts';
import { quietLog, SECRET } from '../world.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: failing channels of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('a mail server that is away', () => {
  let world: DashboardWorld;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const smtpUrl = `smtp://relance:a-password-of-nobody@127.0.0.1:${port}`;
    world = await createDashboardWorld({ channels: { smtpUrl, mailFrom: 'Acme <hello@acme.test>' } });
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  const failing = async () => (await world.server.client.overview()).connections;

  it('is told on the overview and among the channels, in light and dark, on a phone as well', {
    timeout: 180_000,
  }, async () => {
    expect(await failing()).toEqual([]);
    await world.server.client.events.send(taskEvent('assigned', { id: 'a', title: 'Wait', assignee: 'ana' }));
    await world.server.advance('30 minutes');
    await expect.poll(failing).toMatchObject([{ id: 'smtp', channel: 'email', provider: 'smtp' }]);
    const [seen] = await failing();
    expect(seen?.detail).toMatch(/ECONNREFUSED/);
    expect(JSON.stringify(seen)).not.toMatch(/ana|password/);
    for (const viewport of [undefined, PHONE]) {
      const { page, troubles, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(world.server.url);
      const part = page.getByRole('region', { name: 'Failing channels' });
      await part.getByText('Email by smtp: ', { exact: false }).waitFor();
      await part.getByText(/^(Failing|Down)$/).waitFor();
      await look('an overview with a failing channel');
      await page.getByRole('link', { name: /^1\s*Failing channels$/ }).click();
      const email = page.getByRole('list', { name: 'Channels' }).getByRole('listitem').filter({ hasText: 'Email' });
      await email.getByText(/^(Failing|Down)$/).waitFor();
      await email.getByText('ECONNREFUSED', { exact: false }).waitFor();
      await look('channels of which one fails');
      expect(troubles).toEqual([]);
      await end();
    }
  });

  it('is nothing to whoever has a connection of their own for mail', async () => {
    const { server } = world;
    const made = await (await server.raw('/v1/keys', json({ tenant: 'other', scopes: ['admin', 'api'] }))).json();
    const { key } = made as { readonly key: string };
    const theirs = async () =>
      ((await (await server.raw('/v1/overview', { key })).json()) as { readonly connections: unknown[] }).connections;
    expect(await theirs()).toHaveLength(1);
    const own = { provider: 'smtp', settings: { host: 'mail.other.test', from: 'Other <hello@other.test>' } };
    expect((await server.raw('/v1/connections/own', { ...json(own), key, method: 'PUT' })).status).toBe(200);
    expect(await theirs()).toEqual([]);
  });

  it('is over when a server that began anew finds it there', { timeout: 120_000 }, async () => {
    expect(await failing()).toHaveLength(1);
    await world.server.relance.stop();
    const taken: string[] = [];
    const mails = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      closeTimeout: 100,
      onData(stream, { envelope }, done) {
        taken.push(...envelope.rcptTo.map(({ address }) => address));
        stream.on('end', () => done());
        stream.resume();
      },
    });
    await new Promise<void>((ready) => mails.listen(port, '127.0.0.1', ready));
    const again = await createRelance({
      database: world.server.databaseUrl,
      secretKey: SECRET,
      apiKey: API_KEY,
      clock: { mode: 'virtual' },
      log: quietLog,
      publicUrl: 'http://relance.test',
      channels: { smtpUrl: `smtp://127.0.0.1:${port}`, mailFrom: 'Acme <hello@acme.test>' },
    });
    try {
      const url = await again.http.listen({ port: 0, host: '127.0.0.1' });
      again.start();
      const ask = (path: string, init: RequestInit = {}) =>
        fetch(url + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${API_KEY}` } });
      await ask('/v1/clock/advance', json({ by: '25 hours' }));
      await expect.poll(() => taken, { timeout: 20_000 }).toContain('ana@example.test');
      await expect
        .poll(async () => (await (await ask('/v1/overview')).json()).connections, { timeout: 20_000 })
        .toEqual([]);
    } finally {
      await again.stop();
      await new Promise<void>((over) => mails.close(over));
    }
  });
});
