// Channels and suppressions in a real browser: what messages leave by, a connection made, tried, failing, changed and removed, what was
// lost; and the ledger of addresses that get nothing more: added to, imported, searched, exported, lifted for a reason.
import { readFileSync } from 'node:fs';
import { csvRecords } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE, tryAgain } from '../pages/dashboard.ts';
import { postcards } from '../postcard.ts';
import { furnish, json, taskEvent } from '../server.ts';

const CANARY = 'a-password-of-the-canary';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: channels of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('channels in the dashboard', () => {
  let world: DashboardWorld;
  const cards = postcards();
  beforeAll(async () => {
    world = await createDashboardWorld({ channels: { providers: [cards.provider] } });
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  it('says what serves each channel, and sends a test by it', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/channels`);
    const rows = page.getByRole('list', { name: 'Channels' }).getByRole('listitem');
    await rows.filter({ hasText: 'Email' }).filter({ hasText: 'Captured' }).waitFor();
    await rows.filter({ hasText: 'Inbox' }).filter({ hasText: 'nothing to set up' }).waitFor();
    await page.getByText('None. A connection is an account').waitFor();
    await look('channels without connections');
    await page.getByRole('button', { name: 'Send a test by email' }).click();
    await page.getByLabel('Email address').fill('you@example.test');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('status').filter({ hasText: 'The provider took it.' }).waitFor();
    await page.getByText('captured in the mailbox').waitFor();
    await look('a test of a channel');
    expect(troubles).toEqual([]);
    await end();
  });

  it('says of no channel that it had no message before that is known', { timeout: 90_000 }, async () => {
    const { page, look, end } = await world.visit();
    const asked = Promise.withResolvers<void>();
    const away = { status: 500, contentType: 'application/problem+json', body: '{"detail":"The disk is full."}' };
    for (const address of ['**/v1/channels', '**/v1/metrics/channels?*', '**/v1/messages?*'])
      await page.route(address, async (route) => {
        await asked.promise;
        if (route.request().url().endsWith('/channels')) await route.continue();
        else await route.fulfill(away);
      });
    await page.goto(`${world.server.url}/channels`);
    const parts = ['What messages leave by', 'Messages that were lost last'].map((name) =>
      page.getByRole('region', { name }),
    );
    for (const part of parts) await part.getByRole('status', { name: 'Loading' }).waitFor();
    asked.resolve();
    for (const part of parts) await part.getByRole('alert').filter({ hasText: 'The disk is full.' }).waitFor();
    const email = page.getByRole('list', { name: 'Channels' }).getByRole('listitem').filter({ hasText: 'Email' });
    await email.getByText('Not known').waitFor();
    expect(await page.getByText('No message').count()).toBe(0);
    await look('channels whose messages could not be counted');
    await tryAgain(
      page,
      parts.map((part) => part.getByRole('alert')),
    );
    await email.getByText('No message').waitFor();
    await end();
  });

  it('says by which connection a channel goes now and why, and when each last told something', {
    timeout: 180_000,
  }, async () => {
    const { client } = world.server;
    const cardsOf = (office: string, position: number) => ({
      ...{ provider: 'postcard', settings: { office }, position },
      secrets: { stamp: 'stamp-number-1' },
    });
    await client.connections.put('north', cardsOf('north', 10));
    const { receiptsUrl } = await client.connections.put('south', cardsOf('south', 20));
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/channels`);
    const email = page.getByRole('list', { name: 'Channels' }).getByRole('listitem').filter({ hasText: 'Email' });
    await email.getByText('By north (postcard); where it fails, by south (postcard).').waitFor();
    expect(await email.getByText(/^(Failing|Down)$/).count()).toBe(0);
    const south = page.getByRole('list', { name: 'Connections' }).getByRole('listitem').filter({ hasText: 'tried as' });
    await south.getByText('What became of a message has not been told yet', { exact: false }).waitFor();
    await look('two connections of a channel');

    // The first is away for an hour: what is due goes by the second.
    cards.answer = (office) =>
      office === 'north'
        ? { kind: 'retry', detail: 'the office is closed', retryAfterMs: 3_600_000 }
        : { kind: 'accepted', providerId: null };
    await client.events.send(taskEvent('assigned', { id: 'post', title: 'Post', assignee: 'ana' }));
    await world.server.advance('1 second');
    const [message] = (await client.messages.list({ channel: 'email', status: 'accepted' })).items;
    expect(message).toMatchObject({ connection: 'south' });
    const health = async () => (await client.connections.get('north')).health.state;
    await expect.poll(health, { timeout: 20_000 }).toBe('down');
    const told = await world.server.raw(new URL(receiptsUrl).pathname, {
      ...json([{ message: { id: message?.id }, kind: 'delivered', at: null, detail: null }]),
      ...{ key: null, headers: { 'content-type': 'text/plain', 'x-stamp': 'stamp-number-1' } },
    });
    expect(told.status).toBe(200);
    await page.reload();
    await email.getByText('Now by south (postcard), since north (postcard) is down.').waitFor();
    await email.getByText('the office is closed', { exact: false }).waitFor();
    await south.getByText('Last receipt', { exact: false }).waitFor();
    await page
      .getByRole('list', { name: 'Connections' })
      .getByRole('listitem')
      .filter({ hasText: 'tried first' })
      .getByText('What became of a message has not been told yet', { exact: false })
      .waitFor();
    await look('a channel by its second connection');
    for (const id of ['north', 'south']) await client.connections.delete(id);
    expect(troubles).toEqual([]);
    await end();
  });

  it('tells the address for receipts where the brands cannot be read as well', { timeout: 120_000 }, async () => {
    const { client } = world.server;
    const { receiptsUrl } = await client.connections.put('east', {
      ...{ provider: 'postcard', settings: { office: 'east' }, secrets: { stamp: 'stamp-number-1' } },
    });
    const { page, look, end } = await world.visit();
    const away = { status: 500, contentType: 'application/problem+json', body: '{"detail":"The disk is full."}' };
    await page.route('**/v1/providers', (route) => route.fulfill(away));
    await page.goto(`${world.server.url}/channels`);
    const part = page.getByRole('region', { name: 'Your connections' });
    const alert = part.getByRole('alert');
    await alert.waitFor();
    await part.getByText(receiptsUrl).waitFor();
    await look('connections whose brands cannot be read');
    await tryAgain(page, [alert]);
    await part.getByText(receiptsUrl).waitFor();
    await client.connections.delete('east');
    await end();
  });

  it('makes a connection, tells how it fares, changes and removes it', { timeout: 180_000 }, async () => {
    const { client } = world.server;
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/channels`);
    await page.getByRole('button', { name: 'New connection' }).click();
    await page.getByLabel('Brand').selectOption('smtp');
    await page.getByRole('textbox', { name: 'Id', exact: true }).fill('Mail!');
    await page.getByLabel('host').fill('127.0.0.1');
    await page.getByLabel('port').fill(String(await freePort()));
    await page.getByLabel('secure').selectOption('none');
    await page.getByLabel('from').fill('Acme <hello@example.test>');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('alert').filter({ hasText: 'lower-case letters, digits or dashes' }).waitFor();
    await look('a connection that cannot be made');
    await page.getByRole('textbox', { name: 'Id', exact: true }).fill('mail');
    await page.getByLabel('user').fill('relance');
    await page.getByRole('textbox', { name: 'password' }).fill(CANARY);
    await page.getByLabel('secure').selectOption('starttls');
    await page.getByRole('button', { name: 'Make it' }).click();
    const card = page.getByRole('list', { name: 'Connections' }).getByRole('listitem');
    await card.getByText('Email by smtp, tried first.', { exact: false }).waitFor();
    await card.getByText('Secrets: password, user.', { exact: false }).waitFor();
    const rows = page.getByRole('list', { name: 'Channels' }).getByRole('listitem');
    await rows
      .filter({ hasText: 'Email' })
      .filter({ hasText: 'Your own' })
      .filter({ hasText: 'By mail (smtp).' })
      .waitFor();
    await page.getByRole('form', { name: 'A new connection' }).waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(CANARY);

    // Nobody listens there: a test says so at once, and messages that are due make it fail for everybody to see.
    await page.getByRole('button', { name: 'Send a test by email' }).click();
    await page.getByLabel('Email address').fill('you@example.test');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('status').filter({ hasText: 'does not take it now' }).waitFor();
    await client.events.send(taskEvent('assigned', { id: 'a', title: 'Fail', assignee: 'ana', requester: 'sam' }));
    await world.server.advance('30 minutes');
    await expect
      .poll(async () => (await client.connections.get('mail')).health.state, { timeout: 20_000 })
      .not.toBe('up');
    await page.reload();
    await card.getByText(/^(Failing|Down)$/).waitFor();
    await card.getByText('Why: ', { exact: false }).waitFor();
    await look('a connection that fails');

    await page.getByRole('button', { name: 'Change mail' }).click();
    await page.getByLabel('perSecondMax').fill('5');
    await page.getByRole('button', { name: 'Save' }).click();
    await card.getByText('At most 5 a second.', { exact: false }).waitFor();
    expect(await client.connections.get('mail')).toMatchObject({ perSecondMax: 5, secretsSet: ['password', 'user'] });
    const fails = rows.filter({ hasText: 'Email' }).getByText(/^(Failing|Down)$/);
    await fails.waitFor();
    await page.getByRole('button', { name: 'Switch off mail' }).click();
    await card.getByText('Switched off').waitFor();
    await fails.waitFor({ state: 'detached' });
    await rows.filter({ hasText: 'Email' }).filter({ hasText: 'None of its connections may be used' }).waitFor();
    await page.getByRole('button', { name: 'Remove mail…' }).click();
    await page.getByRole('button', { name: 'Remove mail', exact: true }).click();
    await page.getByText('None. A connection is an account').waitFor();
    expect((await client.connections.list()).items).toEqual([]);
    expect(troubles.filter((text) => !text.includes('400'))).toEqual([]);
    await end();
  });

  it('tells what was lost, and keeps the ledger of addresses that get nothing', { timeout: 180_000 }, async () => {
    const { client, relance } = world.server;
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/suppressions`);
    await page.getByRole('heading', { name: 'Nobody is suppressed' }).waitFor();
    await look('no suppressions');
    await client.events.send(taskEvent('assigned', { id: 'b', title: 'Lose', assignee: 'ana', requester: 'sam' }));
    await world.server.advance('1 minute');
    const sent = (await client.messages.list({ status: 'accepted', channel: 'email' })).items[0];
    await relance.engine.receipts.take('default', 'test', [
      { message: { id: sent?.id ?? '' }, kind: 'bounced', permanent: true, at: null, detail: 'no such user' },
    ]);
    await page.goto(`${world.server.url}/channels`);
    await page.getByRole('region', { name: 'Messages that were lost last' }).getByText('Came back').waitFor();
    await page.goto(`${world.server.url}/suppressions`);
    const rows = page.getByRole('row');
    await rows.filter({ hasText: 'ana@example.test' }).filter({ hasText: 'Came back for good' }).waitFor();

    await page.getByRole('button', { name: 'Suppress an address' }).click();
    await page.getByRole('textbox', { name: 'Address', exact: true }).fill('nobody');
    await page.getByRole('button', { name: 'Suppress it' }).click();
    await page.getByRole('alert').filter({ hasText: 'must be an address of its channel' }).waitFor();
    await page.getByRole('textbox', { name: 'Address', exact: true }).fill('zoe@example.test');
    await page.getByLabel('Reason').fill('asked by letter');
    await page.getByRole('button', { name: 'Suppress it' }).click();
    await rows.filter({ hasText: 'zoe@example.test' }).filter({ hasText: 'asked by letter' }).waitFor();

    await page.getByRole('button', { name: 'Import' }).click();
    const list = 'channel,address,source\nsms,+34600000007,stop\nemail,nothing\nemail,zoe@example.test,admin\n';
    await page.getByLabel('The list').fill(list);
    await page.getByRole('region', { name: 'Import a list' }).getByRole('button', { name: 'Import' }).click();
    await page.getByText('1 added, 1 there already, 1 not read.').waitFor();
    await page.getByText('Line 3:', { exact: false }).waitFor();
    await look('the ledger');
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByLabel('Search').fill('346000');
    await expect.poll(() => rows.count()).toBe(2); // with the head
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toContain('346000');
    await page.getByRole('button', { name: 'Lift +34600000007' }).click();
    await page
      .getByRole('textbox', { name: 'Why +34600000007 may be written to again' })
      .fill('asked to be told again');
    await page.getByRole('button', { name: 'Lift it' }).click();
    await page.getByRole('status').filter({ hasText: 'said STOP' }).waitFor();
    await page.getByRole('heading', { name: 'None matches' }).waitFor();
    await page.getByLabel('Lifted ones too').check();
    await rows.filter({ hasText: '+34600000007' }).filter({ hasText: 'asked to be told again' }).waitFor();

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const [, ...lines] = [...csvRecords(readFileSync(await file.path(), 'utf8'))].map(({ cells }) => cells[1]);
    expect(lines.toSorted()).toEqual(['+34600000007', 'ana@example.test', 'zoe@example.test']);
    expect(troubles.filter((text) => !text.includes('400'))).toEqual([]);
    await end();
  });

  it('fits a phone', { timeout: 90_000 }, async () => {
    await world.server.client.connections.put('cheap', {
      provider: 'smtp',
      settings: { host: 'mail.example.test', from: 'hello@example.test' },
    });
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/channels`);
    await page.getByRole('list', { name: 'Connections' }).getByText('cheap', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Change cheap' }).click();
    await look('channels');
    await page.goto(`${world.server.url}/suppressions?history=true`);
    await page.getByRole('row').filter({ hasText: 'zoe@example.test' }).waitFor();
    await page.getByRole('button', { name: 'Lift zoe@example.test' }).click();
    await look('the ledger');
    expect(troubles).toEqual([]);
    await end();
  });
});
