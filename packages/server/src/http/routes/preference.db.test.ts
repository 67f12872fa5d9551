// Preferences over HTTP: what holds is told whether it was chosen or not, what is sent back changes nothing, each change takes
// back what it refuses before it is answered and stands in the record with its evidence; and what waits leaves when it now may.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

const policyOf = (id: string, category: string, via: string): string => `
policy: ${id}
category: ${category}
open: { on: ${id}.created }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: ${via} } }
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    {
      id: 'ana',
      name: 'Ana',
      email: 'ana@example.test',
      phone: '+34600000001',
      timeZone: 'Europe/Madrid',
      locale: 'es',
    },
    { id: 'bo', email: 'bo@example.test' },
    { id: 'boss', email: 'boss@example.test' },
  ]);
  await http.world.policy(policyOf('bill', 'billing', '[email, sms, inbox]'));
  await http.world.policy(policyOf('turn', 'billing', '[email, { channel: sms, else: true }]'));
  await http.world.policy(policyOf('news', 'news', '[email, sms]'));
  await http.world.policy(policyOf('fire', 'safety', '[email, sms]'));
  await http.call('PUT', '/v1/categories/billing', { title: 'Bills' });
  await http.call('PUT', '/v1/categories/safety', { title: 'Safety', essential: true, why: 'You are on call.' });
});
afterAll(() => http.end());

const put = (who: string, body: unknown) => http.call('PUT', `/v1/recipients/${who}/preferences`, body);
const get = async (who: string) => (await http.call('GET', `/v1/recipients/${who}/preferences`)).body;
const changes = async (who: string) => (await http.call('GET', `/v1/recipients/${who}/preferences/changes`)).body.items;
const of = (body: { categories: { id: string }[] }, id: string) => body.categories.find((one) => one.id === id);
let number = 0;
async function sentBy(policy: string, who: string): Promise<string[]> {
  const before = http.world.sent().length;
  await http.world.event(`${policy}.created`, { id: `k${++number}`, who });
  await http.world.settle();
  return http.world.sent().slice(before).sort();
}

describe('preferences', () => {
  it('are what holds, for whoever has not chosen; only channels that reach them are told', async () => {
    expect(await get('ana')).toEqual({
      recipient: 'ana',
      pausedUntil: null,
      quietHours: null,
      timeZone: 'Europe/Madrid',
      locale: 'es',
      tracking: true,
      categories: [
        {
          id: 'billing',
          title: 'Bills',
          essential: false,
          why: null,
          subscribed: true,
          channels: { email: true, sms: true },
          frequency: 'each',
        },
        {
          id: 'news',
          title: 'news',
          essential: false,
          why: null,
          subscribed: true,
          channels: { email: true, sms: true },
          frequency: 'each',
        },
        {
          id: 'safety',
          title: 'Safety',
          essential: true,
          why: 'You are on call.',
          subscribed: true,
          channels: { email: true, sms: true },
          frequency: 'each',
        },
      ],
    });
    expect(of(await get('bo'), 'news')).toMatchObject({ channels: { email: true } });
    expect((await http.call('GET', '/v1/recipients/nobody/preferences')).status).toBe(404);
    expect((await put('nobody', {})).status).toBe(404);
  });

  it('sent back as they were read change nothing and choose nothing', async () => {
    const { categories, ...rest } = await get('ana');
    const wish = {
      ...rest,
      categories: categories.map(({ id, subscribed, channels, frequency }: Record<string, unknown>) => ({
        id,
        subscribed,
        channels,
        frequency,
      })),
    };
    expect((await put('ana', wish)).status).toBe(200);
    expect(await changes('ana')).toEqual([]);
    // The application still says where she is.
    await http.world.people([
      {
        id: 'ana',
        name: 'Ana',
        email: 'ana@example.test',
        phone: '+34600000001',
        timeZone: 'Europe/Lisbon',
        locale: 'es',
      },
    ]);
    expect((await get('ana')).timeZone).toBe('Europe/Lisbon');
  });

  it('switch one channel of one category off: what waits on it is taken back, and the contact plan goes on', async () => {
    await http.world.event('turn.created', { id: 'waits', who: 'ana' });
    const answer = await put('ana', {
      categories: [{ id: 'billing', channels: { email: false } }],
      evidence: { text: 'by telephone' },
    });
    expect(of(answer.body, 'billing')).toMatchObject({ subscribed: true, channels: { email: false, sms: true } });
    const before = http.world.sent().length;
    await http.world.settle();
    expect(http.world.sent().slice(before)).toEqual(['sms ana notice']);
    expect(await sentBy('bill', 'ana')).toEqual(['inbox ana notice', 'sms ana notice']);
    expect(await sentBy('news', 'ana')).toEqual(['email ana notice', 'sms ana notice']);
    expect(await sentBy('bill', 'bo')).toEqual(['email bo notice', 'inbox bo notice']);
    expect(await changes('ana')).toEqual([
      {
        at: expect.any(String),
        what: 'channel',
        category: 'billing',
        channel: 'email',
        from: true,
        to: false,
        how: 'api',
        by: expect.any(String),
        evidence: { text: 'by telephone' },
      },
    ]);
    await put('ana', { categories: [{ id: 'billing', channels: { email: true } }] });
    expect(await sentBy('bill', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
  });

  it('need the category and the channel: neither switches the other on', async () => {
    await put('ana', { categories: [{ id: 'news', subscribed: false, channels: { sms: false } }] });
    expect(await sentBy('news', 'ana')).toEqual([]);
    await put('ana', { categories: [{ id: 'news', subscribed: true }] });
    expect(await sentBy('news', 'ana')).toEqual(['email ana notice']);
    await put('ana', { categories: [{ id: 'news', channels: { sms: true } }] });
  });
});

describe('a category that is off until somebody asks for it', () => {
  it('is told to nobody else, and its record says who asked', async () => {
    await http.call('PUT', '/v1/categories/news', {
      title: 'News',
      defaults: { subscribed: false, channels: { sms: false } },
    });
    expect(await sentBy('news', 'bo')).toEqual([]);
    expect(of(await get('bo'), 'news')).toMatchObject({ subscribed: false, channels: { email: true } });
    await put('bo', {
      categories: [{ id: 'news', subscribed: true }],
      evidence: { how: 'import', text: 'ticked on the form of 3 May' },
    });
    expect(await sentBy('news', 'bo')).toEqual(['email bo notice']);
    expect(await changes('bo')).toMatchObject([
      {
        what: 'subscribed',
        category: 'news',
        channel: null,
        from: false,
        to: true,
        how: 'import',
        evidence: { text: 'ticked on the form of 3 May' },
      },
    ]);
    // Ana said herself that she wants it, whatever the default has become since.
    expect(await sentBy('news', 'ana')).toEqual(['email ana notice', 'sms ana notice']);
  });

  it('has the defaults of its tenant where it leaves them open', async () => {
    const settings = { preferences: { channels: { sms: false }, frequency: 'weekly' } };
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', settings));
    await http.world.people([{ id: 'cleo', email: 'cleo@example.test', phone: '+34600000009' }]);
    expect(of(await get('cleo'), 'billing')).toMatchObject({
      channels: { email: true, sms: false },
      frequency: 'weekly',
    });
    expect(of(await get('cleo'), 'safety')).toMatchObject({ channels: { email: true, sms: true }, frequency: 'each' });
    expect(await sentBy('bill', 'cleo')).toEqual(['inbox cleo notice']); // the mail waits for Monday
    expect(await sentBy('fire', 'cleo')).toEqual(['email cleo notice', 'sms cleo notice']);
    await put('cleo', { categories: [{ id: 'billing', frequency: 'each', channels: { sms: true } }] });
    const before = http.world.sent().length;
    await http.world.settle();
    expect(http.world.sent().slice(before)).toEqual(['email cleo notice']);
    expect(await sentBy('bill', 'cleo')).toEqual(['email cleo notice', 'inbox cleo notice', 'sms cleo notice']);
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { preferences: {} }));
  });

  it('has defaults that are checked: what nobody would read is refused', async () => {
    for (const [body, said] of [
      [{ title: 'x', defaults: { subscribd: false } }, 'subscribed'],
      [{ title: 'x', defaults: { channels: { inbox: false } } }, 'inbox'],
      [{ title: 'x', defaults: { frequency: 'hourly' } }, 'daily'],
      [{ title: 'x', why: 'because' }, 'not essential'],
      [{ title: 'x', essential: true, defaults: { subscribed: false } }, 'must be empty'],
    ] as const) {
      const { status, text } = await http.call('PUT', '/v1/categories/odd', body);
      expect(status).toBe(400);
      expect(text).toContain(said);
    }
  });
});

describe('a wish that cannot be', () => {
  it.each([
    [{ categories: [{ id: 'safety', subscribed: false }] }, 422, 'is essential'],
    [{ categories: [{ id: 'safety', channels: { sms: false } }] }, 422, 'is essential'],
    [{ categories: [{ id: 'safety', frequency: 'daily' }] }, 422, 'is essential'],
    [{ pausedUntil: '2026-11-02T08:59:00Z' }, 422, 'is over already'],
    [{ pausedUntil: '2028-01-01T00:00:00Z' }, 422, 'more than a year'],
    [{ pausedUntil: 'tomorrow' }, 400, 'RFC 3339'],
    [{ quietHours: '22-7' }, 400, 'daily span'],
    [{ timeZone: 'Madrid' }, 400, 'IANA'],
    [{ locale: '?' }, 400, 'BCP 47'],
    [{ tracking: null }, 400, 'tracking'],
    [{ evidence: { text: 'a\u0000b' } }, 400, ''],
    [{ categories: [{ id: 'bilings', subscribed: false }] }, 400, 'did you mean "billing"?'],
    [{ categories: [{ id: 'news' }, { id: 'news' }] }, 400, 'twice'],
    [{ categories: [{ id: 'news', title: 'mine' }] }, 400, 'title'],
    [{ paused: true }, 400, 'pausedUntil'],
    [{ recipient: 'bo' }, 400, 'bo'],
  ])('%j is refused with what to do instead, and nothing is changed', async (wish, status, said) => {
    const before = await changes('ana');
    const answer = await put('ana', wish);
    expect({ status: answer.status, text: answer.text.replaceAll('\\"', '"') }).toEqual({
      status,
      text: expect.stringContaining(said),
    });
    expect(answer.body.next).toMatch(/\w/);
    expect(await changes('ana')).toEqual(before);
  });

  it('is no wish where what is essential is wanted', async () => {
    expect((await put('ana', { categories: [{ id: 'safety', subscribed: true, frequency: 'each' }] })).status).toBe(
      200,
    );
    expect(await sentBy('fire', 'ana')).toEqual(['email ana notice', 'sms ana notice']);
  });
});

describe('the own word of a person', () => {
  it('about zone and language goes before what the application says, until they take it back', async () => {
    await put('ana', {
      timeZone: 'Asia/Tokyo',
      locale: 'fr-ca',
      quietHours: '22:00-07:00',
      pausedUntil: '2026-11-05T00:00:00Z',
    });
    await http.world.people([
      {
        id: 'ana',
        name: 'Ana',
        email: 'ana@example.test',
        phone: '+34600000001',
        timeZone: 'Europe/Rome',
        locale: 'it',
      },
    ]);
    expect(await get('ana')).toMatchObject({
      timeZone: 'Asia/Tokyo',
      locale: 'fr-CA',
      quietHours: '22:00-07:00',
      pausedUntil: '2026-11-05T00:00:00Z',
    });
    await put('ana', { timeZone: null, locale: null, quietHours: null, pausedUntil: null });
    expect(await get('ana')).toMatchObject({
      timeZone: 'Europe/Rome',
      locale: 'it',
      quietHours: null,
      pausedUntil: null,
    });
    expect(
      (await changes('ana'))
        .slice(0, 4)
        .map((one: { what: string }) => one.what)
        .sort(),
    ).toEqual(['locale', 'pausedUntil', 'quietHours', 'timeZone']);
  });

  it('about when takes what is leased back to the queue, so that it is prepared anew', async () => {
    await http.world.event('bill.created', { id: 'leased', who: 'bo' });
    const read = () =>
      http.world.database.transaction(ENGINE, (tx) =>
        tx.query<{ channel: string; status: string; fence: number }>(
          `SELECT channel, status, fence FROM relance.outbox WHERE recipient = 'bo' ORDER BY channel`,
        ),
      );
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(
        `UPDATE relance.outbox SET status = 'leased', fence = 7, node = 'n', lease_until = clock_timestamp() + interval '1 hour' WHERE recipient = 'bo'`,
      ),
    );
    await put('bo', { quietHours: '01:00-02:00' });
    const rows = await read();
    expect(rows.find(({ channel }) => channel === 'email')).toMatchObject({ status: 'queued' });
    expect(rows.find(({ channel }) => channel === 'email')?.fence).toBeGreaterThan(7);
    expect(rows.find(({ channel }) => channel === 'inbox')).toEqual({ channel: 'inbox', status: 'leased', fence: 7 });
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.outbox SET status = 'queued', node = NULL, lease_until = NULL WHERE recipient = 'bo'`),
    );
    await http.world.settle();
  });

  it('pages through the record, newest first, and never past its tenant', async () => {
    const first = (await http.call('GET', '/v1/recipients/ana/preferences/changes?limit=2')).body;
    const second = (await http.call('GET', `/v1/recipients/ana/preferences/changes?limit=2&cursor=${first.nextCursor}`))
      .body;
    const all = await changes('ana');
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 4));
    const other = await http.key('other');
    const seen = await http.call('GET', '/v1/recipients/ana/preferences/changes', undefined, {
      authorization: `Bearer ${other}`,
    });
    expect(seen.body.items).toEqual([]);
  });

  it('cannot be rewritten: the record is only added to', async () => {
    await expect(
      http.world.database.transaction(ENGINE, (tx) => tx.query(`UPDATE relance.preference_changes SET how = 'page'`)),
    ).rejects.toThrow(/permission denied/);
  });
});

describe('by recipient token', () => {
  const tokenOf = async (who: string) =>
    `Bearer ${(await http.call('POST', `/v1/recipients/${who}/tokens`, {})).body.token}`;

  it('a person sees and changes their own, and the record says that they chose it themselves', async () => {
    const mine = { authorization: await tokenOf('bo'), 'user-agent': 'Browser/1' };
    const seen = await http.call('GET', '/v1/inbox/preferences', undefined, mine);
    expect(seen.body).toEqual(await get('bo'));
    const wish = { quietHours: '23:00-06:00', categories: [{ id: 'billing', channels: { email: false } }] };
    const changed = await http.call('PUT', '/v1/inbox/preferences', wish, mine);
    expect(changed.body).toMatchObject({ recipient: 'bo', quietHours: '23:00-06:00' });
    expect(of(changed.body, 'billing')).toMatchObject({ channels: { email: false } });
    expect(changed.body).toEqual(await get('bo'));
    const evidence = { how: 'page', by: null, evidence: { userAgent: 'Browser/1' } };
    expect((await changes('bo')).slice(0, 2)).toMatchObject([evidence, evidence]);
    expect(await sentBy('bill', 'bo')).toEqual(['inbox bo notice']);
    await http.call(
      'PUT',
      '/v1/inbox/preferences',
      { categories: [{ id: 'billing', channels: { email: true } }] },
      mine,
    );
  });

  it('nobody chooses for somebody else, with evidence of their own, or by an API key', async () => {
    const before = [await get('ana'), await get('bo'), await changes('bo')];
    const mine = { authorization: await tokenOf('bo') };
    for (const [body, headers, status, said] of [
      [{ recipient: 'ana', quietHours: null }, mine, 400, 'recipient'],
      [{ quietHours: null, evidence: { how: 'import' } }, mine, 400, 'evidence'],
      [{ categories: [{ id: 'safety', subscribed: false }] }, mine, 422, 'is essential'],
      [{ categories: [{ id: 'bilings', subscribed: false }] }, mine, 400, 'did you mean'],
      [{ quietHours: null }, {}, 401, 'recipient token'],
      [{ quietHours: null }, { authorization: '' }, 401, 'recipient token'],
    ] as const) {
      const answer = await http.call('PUT', '/v1/inbox/preferences', body, headers);
      expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.stringContaining(said) });
    }
    expect(await http.call('GET', '/v1/inbox/preferences')).toMatchObject({ status: 401 });
    expect(await http.call('GET', '/v1/recipients/bo/preferences', undefined, mine)).toMatchObject({ status: 401 });
    expect([await get('ana'), await get('bo'), await changes('bo')]).toEqual(before);
  });
});
