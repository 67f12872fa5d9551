// The suppression ledger over HTTP: what it takes, what it takes back before it answers, that the next channel goes at once,
// that the timeline says why, and that a lifted one is history.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email, { channel: sms, after: 2 hours }] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', email: 'Ana@Example.test', phone: '+34600000001' },
    { id: 'bo', email: 'bo@example.test', endpoints: [{ channel: 'email', address: 'ana@example.test' }] },
    { id: 'cleo', endpoints: [{ channel: 'email', address: 'CLEO@example.test' }] },
    { id: 'dora', email: 'Dora@münchen.example' },
    { id: 'boss', email: 'boss@example.test' },
  ]);
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

const open = async (id: string, who: string): Promise<string> => {
  const [outcome] = await http.world.event('task.created', { id, who });
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
};
const messagesOf = async (followUp: string): Promise<string[]> =>
  (await http.call('GET', `/v1/follow-ups/${followUp}/messages`)).body.items
    .map((one: Record<string, string>) => `${one.recipient} ${one.channel} ${one.status} ${one.reason}`)
    .sort();
const textsOf = async (followUp: string): Promise<string> =>
  (await http.call('GET', `/v1/follow-ups/${followUp}/timeline`)).body.items
    .map((one: { text: string }) => one.text)
    .join('\n');
const put = (body: unknown) => http.call('PUT', '/v1/suppressions', body);
const lift = (query: string) => http.call('DELETE', `/v1/suppressions?${query}`);

describe('a suppressed endpoint', () => {
  it('gets nothing of what waits, and the next channel of the plan goes at once', async () => {
    const followUp = await open('one', 'ana');
    expect(await messagesOf(followUp)).toEqual(['ana email queued opened', 'ana sms planned opened']);
    const answer = await put({ channel: 'email', address: 'ana@example.TEST', source: 'complaint', reason: 'spam' });
    expect(answer).toMatchObject({ status: 200, body: { address: 'ana@example.test', source: 'complaint' } });
    // Before anything else has run.
    expect(await messagesOf(followUp)).toEqual([
      'ana email suppressed endpoint_suppressed',
      'ana sms queued channel_failed',
    ]);
    await http.world.settle();
    expect(http.world.sent()).toEqual(['sms ana notice']);
    expect(await textsOf(followUp)).toContain(
      'Did not send "notice" to ana by email because nothing is sent to this address any more.',
    );
  });

  it('is left out when messages are planned, and the timeline says so', async () => {
    await http.world.advance('1 day'); // the reminder has only the email
    expect(http.world.sent().slice(1)).toEqual([]);
    const followUp = (await http.call('GET', '/v1/follow-ups?key=one')).body.items[0].id as string;
    expect(await messagesOf(followUp)).toContain('ana email suppressed endpoint_suppressed');
    expect(await textsOf(followUp)).toContain(
      'Nothing of "reminder" could be sent to ana because nothing is sent to this address any more.',
    );
  });

  it('is this one address: somebody whose main address is another is told', async () => {
    const before = http.world.sent().length;
    await open('two', 'bo');
    await http.world.settle();
    expect(http.world.sent().slice(before)).toEqual(['email bo notice']);
  });

  it('is found among listed endpoints too, whatever its case', async () => {
    const followUp = await open('three', 'cleo');
    await put({ channel: 'email', address: 'cleo@EXAMPLE.test' });
    expect(await messagesOf(followUp)).toContain('cleo email suppressed endpoint_suppressed');
    expect((await messagesOf(followUp)).filter((one) => one.startsWith('cleo') && / queued /.test(one))).toEqual([]);
  });

  it('is found by a part of an address, as it is written', async () => {
    for (const address of ['ana@north.example.test', 'bo@north.example.test', 'per_cent%@example.test'])
      await put({ channel: 'email', address });
    const found = async (q: string) =>
      (await http.call('GET', `/v1/suppressions?q=${encodeURIComponent(q)}`)).body.items.map(
        (one: { address: string }) => one.address,
      );
    expect(await found('@NORTH')).toEqual(['bo@north.example.test', 'ana@north.example.test']);
    expect(await found('%')).toEqual(['per_cent%@example.test']);
    expect(await found('nobody')).toEqual([]);
  });

  it('gets messages again once it is lifted, and the history stays', async () => {
    expect(await lift('channel=email&address=ana%40example.test')).toMatchObject({ status: 400 }); // why?
    const answer = await lift('channel=email&address=ANA%40example.test&reason=asked%20again');
    // They complained: whoever lifts it is told what they answer for.
    expect(answer).toMatchObject({ status: 200, body: { sources: ['complaint'], reason: 'asked again' } });
    expect(answer.body.warning).toContain('complained of a message');
    expect((await http.call('GET', '/v1/audit?action=suppression.lifted')).body.items).toMatchObject([
      { by: 'bootstrap', data: { channel: 'email', sources: ['complaint'] } },
    ]);
    expect((await lift('channel=email&address=ana%40example.test&reason=twice')).status).toBe(404);
    const before = http.world.sent().length;
    await open('four', 'ana');
    await http.world.settle();
    expect(http.world.sent().slice(before)).toEqual(['email ana notice']);
    const active = await http.call('GET', '/v1/suppressions?channel=email&address=Ana@example.test');
    expect(active.body.items).toEqual([]);
    const history = await http.call('GET', '/v1/suppressions?history=true&address=Ana@example.test');
    expect(history.body.items).toMatchObject([
      { source: 'complaint', reason: 'spam', liftedReason: 'asked again', liftedAt: expect.any(String) },
    ]);
  });
});

describe('the ledger', () => {
  it('keeps one entry a source, the first one', async () => {
    await put({ channel: 'sms', address: '+34600000009', source: 'stop', reason: 'STOP' });
    await put({ channel: 'sms', address: '+34 600 000 009', source: 'stop', reason: 'again' });
    await put({ channel: 'sms', address: '+34600000009' });
    const { body } = await http.call('GET', '/v1/suppressions?channel=sms&address=%2B34600000009');
    expect(body.items).toMatchObject([{ source: 'admin' }, { source: 'stop', reason: 'STOP' }]);
    // Lifting means that it may be written to again: every source is lifted.
    expect((await lift('channel=sms&address=%2B34600000009&reason=START')).body).toMatchObject({
      sources: ['admin', 'stop'],
      warning: expect.stringContaining('said STOP'),
    });
    expect((await http.call('GET', '/v1/suppressions?channel=sms')).body.items).toEqual([]);
  });

  it('takes up to 1,000 at once, tells the bad ones by their place, and pages', async () => {
    const list = Array.from({ length: 150 }, (_, index) => ({ channel: 'email', address: `b${index}@bounced.test` }));
    const bulk = await http.call('POST', '/v1/suppressions/bulk', [
      ...list,
      { channel: 'email', address: 'nobody' },
      { channel: 'sms', address: '600' },
      { channel: 'inbox', address: 'ana' },
    ]);
    expect(bulk.body).toMatchObject({ accepted: 150, rejected: [{ index: 150 }, { index: 151 }, { index: 152 }] });
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const query = cursor === null ? '' : `&cursor=${cursor}`;
      const page = (await http.call('GET', `/v1/suppressions?limit=40${query}`)).body;
      for (const { address } of page.items) seen.add(address as string);
      cursor = page.nextCursor as string | null;
    } while (cursor !== null);
    for (const { address } of list) expect(seen).toContain(address);
    const many = Array.from({ length: 1_001 }, () => list[0]);
    expect((await http.call('POST', '/v1/suppressions/bulk', many)).body.code).toBe('too_large');
  });

  it('refuses what is no address, no source, no channel, and what it does not know', async () => {
    for (const body of [
      {},
      { channel: 'email' },
      { channel: 'email', address: 'ana' },
      { channel: 'sms', address: '12' },
      { channel: 'fax', address: '+34600000001' },
      { channel: 'email', address: 'ana@example.test', source: 'mood' },
      { channel: 'email', address: 'ana@example.test', forever: true },
    ])
      expect((await put(body)).status).toBe(400);
    expect((await http.call('GET', '/v1/suppressions?since=yesterday')).status).toBe(400);
  });

  it("is the tenant's own", async () => {
    const other = { authorization: `Bearer ${await http.key('other')}` };
    expect((await http.call('GET', '/v1/suppressions', undefined, other)).body.items).toEqual([]);
    const theirs = await http.call(
      'PUT',
      '/v1/suppressions',
      { channel: 'email', address: 'boss@example.test' },
      other,
    );
    expect(theirs.status).toBe(200);
    expect(
      (await http.call('DELETE', '/v1/suppressions?channel=email&address=b0@bounced.test&reason=x', undefined, other))
        .status,
    ).toBe(404);
    const before = http.world.sent().length;
    await open('five', 'boss');
    await http.world.settle();
    expect(http.world.sent().slice(before)).toEqual(['email boss notice']);
  });
});

it('an endpoint in a domain of other letters is the same, written as people do or as DNS does', async () => {
  const waiting = await open('dora', 'dora');
  const address = 'dora@xn--mnchen-3ya.example';
  expect((await put({ channel: 'email', address, source: 'hard_bounce' })).status).toBe(200);
  expect(await messagesOf(waiting)).toContain('dora email suppressed endpoint_suppressed');
  expect(await messagesOf(await open('dora-2', 'dora'))).toContain('dora email suppressed endpoint_suppressed');
  const listed = await http.call('GET', `/v1/suppressions?address=${encodeURIComponent('dora@münchen.example')}`);
  expect(listed.body.items).toMatchObject([{ address }]);
  expect(
    (await lift(`channel=email&address=${encodeURIComponent('DORA@münchen.example')}&reason=back`)).body,
  ).toMatchObject({
    sources: ['hard_bounce'],
    warning: null,
  });
  expect(await messagesOf(await open('dora-3', 'dora'))).toContain('dora email queued opened');
});

describe('a list', () => {
  const load = (body: string, type = 'text/csv') =>
    http.call('POST', '/v1/suppressions/import', body, { 'content-type': type });

  it('comes in by lines: what cannot be read keeps nothing else out, and what waits is taken back before the answer', async () => {
    await http.world.people([{ id: 'edna', email: 'edna@example.test' }]);
    const waiting = await open('edna', 'edna');
    const answer = await load(
      'address,channel,source,reason,of the provider\r\n' +
        "EDNA@example.test,email,complaint,'=1+1,x\r\n" +
        "'+34 600 000 077,sms,stop,,\r\n" +
        'nobody,email,,,\r\n' +
        'a@example.test,fax,,,\r\n' +
        'edna@example.test,email,complaint,again,\r\n' +
        'a@example.test,email,mood,,\r\n',
    );
    expect(answer.body).toMatchObject({
      added: 2,
      already: 1,
      rejected: [{ line: 4 }, { line: 5 }, { line: 7 }],
      rejectedCount: 3,
    });
    expect(answer.body.rejected[0].detail).toContain('must be an address of its channel');
    // A quote that nobody meant keeps nothing else out: neither what stands before the one that closes it, nor the rest.
    const quotes = await load(
      'channel,address,reason\nemail,q1@example.test,"5 inch\nemail,q2@example.test,\nemail,q3@example.test,"too"\nemail,q4@example.test,"',
    );
    expect(quotes.body).toMatchObject({ added: 2, rejectedCount: 2 });
    expect(quotes.body.rejected).toEqual([
      { line: 2, detail: expect.stringContaining('the next one does not close') },
      { line: 5, detail: 'It has a quote (") that is never closed.' },
    ]);
    expect(await messagesOf(waiting)).toContain('edna email suppressed endpoint_suppressed');
    const { body } = await http.call('GET', '/v1/suppressions?channel=sms&address=%2B34600000077');
    expect(body.items).toMatchObject([{ address: '+34600000077', source: 'stop', reason: null }]);
    expect((await http.call('GET', '/v1/suppressions?address=edna@example.test')).body.items).toMatchObject([
      { reason: '=1+1' },
    ]);
  });

  it('goes out as no spreadsheet takes for formulas, and comes back the same elsewhere', async () => {
    await load("channel,address,source,sender\nsms,'+34600000078,stop,'+34910000001\n");
    const csv = await http.call('GET', '/v1/suppressions/export');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toBe('channel,address,source,reason,sender,message,at,liftedAt,liftedReason');
    expect(csv.text).toContain("\r\nsms,'+34600000077,stop,,");
    // Whoever has stopped one number of ours goes on being told by the others, wherever the list comes in.
    expect(csv.text).toContain("\r\nsms,'+34600000078,stop,,'+34910000001,");
    expect(csv.text).toContain("edna@example.test,complaint,'=1+1,");
    const lines = await http.call('GET', '/v1/suppressions/export?format=json');
    const listed = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(listed.length).toBeGreaterThan(150);
    for (const [body, type] of [
      [csv.text, 'text/csv'],
      [lines.text, 'application/x-ndjson'],
    ] as const) {
      const as = { authorization: `Bearer ${await http.key(type.replace(/\W/g, ''))}` };
      const taken = await http.call('POST', '/v1/suppressions/import', body, { 'content-type': type, ...as });
      expect(taken.body).toEqual({ added: listed.length, already: 0, rejected: [], rejectedCount: 0 });
      const again = await http.call('GET', '/v1/suppressions/export?format=json', undefined, as);
      const plain = ({ channel, address, source, reason, sender }: Record<string, string>) => ({
        channel,
        address,
        source,
        reason,
        sender,
      });
      const back = again.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(new Set(back.map(plain))).toEqual(new Set(listed.map(plain)));
    }
    // What was lifted is history, and none of it comes in again.
    const all = await http.call('GET', '/v1/suppressions/export?format=json&history=true');
    const lifted = all.text
      .trim()
      .split('\n')
      .filter((line) => JSON.parse(line).liftedAt !== null);
    expect(lifted.length).toBeGreaterThan(0);
    const back = await load(lifted.join('\n'), 'application/x-ndjson');
    expect(back.body).toMatchObject({ added: 0, already: 0, rejectedCount: lifted.length });
  });

  it('says what it needs', async () => {
    expect((await load('mail\r\na@example.test\r\n')).body.detail).toContain('The first line names the columns');
    expect((await load('{}', 'application/json')).status).toBe(415);
    expect(
      (await load('no json\n{"channel":"email","address":"zed@example.test"}\n', 'application/x-ndjson')).body,
    ).toMatchObject({ added: 1, rejected: [{ line: 1, detail: 'It is not one JSON object.' }] });
    expect((await http.call('GET', '/v1/suppressions/export?format=xlsx')).status).toBe(400);
    const { body } = await http.call('GET', '/v1/audit?action=suppressions.imported');
    expect(body.items[0]).toMatchObject({ data: { added: 1, already: 0, rejected: 1 } });
  });
});

describe('a suppression of one sender', () => {
  it('is listed with it, beside that of every sender', async () => {
    const answer = await put({ channel: 'sms', address: '+34 600 000 088', source: 'stop', sender: '+15005550006' });
    expect(answer).toMatchObject({ status: 200, body: { address: '+34600000088', sender: '+15005550006' } });
    await put({ channel: 'sms', address: '+34600000088', source: 'stop' });
    const { body } = await http.call('GET', '/v1/suppressions?address=%2B34600000088');
    expect(body.items.map(({ sender }: { sender: string | null }) => sender)).toEqual([null, '+15005550006']);
    expect(await lift('channel=sms&address=%2B34600000088&reason=asked')).toMatchObject({ status: 200 });
    expect((await http.call('GET', '/v1/suppressions?address=%2B34600000088')).body.items).toEqual([]);
    expect(await put({ channel: 'sms', address: '+34600000088', sender: '' })).toMatchObject({ status: 400 });
  });
});
