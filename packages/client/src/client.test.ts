// The client against a fetch that is told what to answer: what it sends, what it makes of answers, what it repeats.
import { describe, expect, it } from 'vitest';
import { type ClientOptions, createClient, RelanceProblem } from './index.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
type Answer = Response | Error;

function talk(answers: readonly Answer[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = [];
  const left = [...answers];
  const fake = async (url: URL, init: RequestInit): Promise<Response> => {
    init.signal?.throwIfAborted();
    sent.push({
      method: init.method ?? '',
      url: String(url),
      headers: init.headers as Record<string, string>,
      body: init.body,
    });
    const answer = left.shift();
    if (answer === undefined) throw new Error('nobody said what to answer');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = createClient({ url: 'http://relance.test/', key: 'secret', fetch: fake as typeof fetch, ...options });
  return { client, sent };
}
const ok = (body: unknown = {}): Response => Response.json(body);
const away = (seconds: string | null = '0'): Response =>
  Response.json(
    { code: 'database_away', detail: 'away' },
    { status: 503, headers: seconds === null ? {} : { 'retry-after': seconds } },
  );
async function problemOf(work: Promise<unknown>): Promise<RelanceProblem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RelanceProblem)) throw new Error('no problem was thrown', { cause: error });
  return error;
}

describe('what is sent', () => {
  it('goes to the address, with the key, as JSON', async () => {
    const { client, sent } = talk([ok(), ok()]);
    await client.recipients.put('ana/b', { email: 'ana@example.test' });
    await client.followUps.list({ status: 'open', limit: 5, cursor: undefined });
    expect(sent).toEqual([
      {
        method: 'PUT',
        url: 'http://relance.test/v1/recipients/ana%2Fb',
        headers: { accept: 'application/json', authorization: 'Bearer secret', 'content-type': 'application/json' },
        body: '{"email":"ana@example.test"}',
      },
      {
        method: 'GET',
        url: 'http://relance.test/v1/follow-ups?status=open&limit=5',
        headers: { accept: 'application/json', authorization: 'Bearer secret' },
        body: undefined,
      },
    ]);
  });

  it('takes and gives calendars as text', async () => {
    const { client, sent } = talk([new Response('BEGIN:VCALENDAR'), ok({ imported: 1 })]);
    expect(await client.schedules.calendar('primary', { level: 2 })).toBe('BEGIN:VCALENDAR');
    expect(await client.schedules.import('primary', 'BEGIN:VCALENDAR')).toEqual({ imported: 1 });
    expect(sent.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'GET http://relance.test/v1/schedules/primary/calendar.ics?level=2 undefined',
      'POST http://relance.test/v1/schedules/primary/import BEGIN:VCALENDAR',
    ]);
    expect(sent[1]?.headers['content-type']).toBe('text/calendar');
  });

  it('asks for the days of a calendar', async () => {
    const { client, sent } = talk([ok(), ok()]);
    await client.calendars.put('paris office', { zone: 'Europe/Paris', holidays: ['FR'] });
    await client.calendars.days('paris office', { from: '2026-12-24', count: 3 });
    expect(sent.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'PUT http://relance.test/v1/calendars/paris%20office {"zone":"Europe/Paris","holidays":["FR"]}',
      'GET http://relance.test/v1/calendars/paris%20office/days?from=2026-12-24&count=3 undefined',
    ]);
  });

  it('names one event, a batch, and a policy in YAML for what they are', async () => {
    const { client, sent } = talk([ok(), ok(), ok()]);
    const event = { specversion: '1.0', id: '1', source: '/t', type: 'a' } as const;
    await client.events.send(event);
    await client.events.send([event]);
    await client.policies.put('p', 'policy: p\n');
    expect(sent.map(({ headers }) => headers['content-type'])).toEqual([
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/yaml',
    ]);
  });

  it('addresses a follow-up by its key', async () => {
    const { client, sent } = talk([ok()]);
    await client.followUps.byKey('invoice-payment', 'invoice/42').command('resolve', { outcome: 'paid' });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'http://relance.test/v1/follow-ups/by-key/invoice-payment/invoice%2F42/resolve',
      body: '{"outcome":"paid"}',
    });
  });

  it("answers with one of the policy's own actions, once", async () => {
    const { client, sent } = talk([ok(), ok()]);
    await client.followUps.answer('x', 'approve', { actor: 'ana', answer: { amount: 5 } });
    await client.followUps.byKey('p', 'k').answer('reject');
    expect(sent.map(({ url, body }) => `${url} ${body}`)).toEqual([
      'http://relance.test/v1/follow-ups/x/answer {"actor":"ana","answer":{"amount":5},"action":"approve"}',
      'http://relance.test/v1/follow-ups/by-key/p/k/answer {"action":"reject"}',
    ]);
    expect(sent[0]?.headers['idempotency-key']).toMatch(/^\S{16,}$/);
  });

  it('needs no key in the demo', async () => {
    const sent: Record<string, string>[] = [];
    const fake = async (_url: unknown, init: RequestInit) => {
      sent.push(init.headers as Record<string, string>);
      return ok();
    };
    await createClient({ url: 'http://relance.test', fetch: fake as typeof fetch }).clock.get();
    expect(sent[0]?.authorization).toBeUndefined();
  });
});

describe('what comes back', () => {
  it('is the answer, or nothing for 204', async () => {
    const { client } = talk([ok({ items: [], nextCursor: null }), new Response(null, { status: 204 })]);
    expect(await client.groups.list()).toEqual({ items: [], nextCursor: null });
    expect(await client.groups.delete('g')).toBeUndefined();
  });

  it('is a problem with code, detail and next step', async () => {
    const body = { code: 'follow_up_closed', detail: 'It is resolved.', next: 'Reopen it.', followUp: { id: 'x' } };
    const { client } = talk([Response.json(body, { status: 409 })]);
    const problem = await problemOf(client.followUps.command('x', 'cancel'));
    expect(problem).toMatchObject({
      name: 'RelanceProblem',
      status: 409,
      code: 'follow_up_closed',
      detail: 'It is resolved.',
      next: 'Reopen it.',
      body,
    });
    expect(problem.message).toBe('It is resolved.');
  });

  it('is a problem as well when a proxy answers with a page of its own', async () => {
    const { client } = talk([new Response('<h1>Bad Gateway</h1>', { status: 502 })]);
    expect(await problemOf(client.clock.get())).toMatchObject({ status: 502, code: 'unknown' });
  });

  it('says where it looked when nobody is there', async () => {
    const refused = Object.assign(new TypeError('fetch failed'), { cause: new Error('connect ECONNREFUSED') });
    const { client } = talk([refused]);
    const problem = await problemOf(client.clock.get());
    expect(problem).toMatchObject({ status: 0, code: 'unreachable' });
    expect(problem.detail).toBe('There is no Relance at http://relance.test: connect ECONNREFUSED.');
  });
});

describe('a database that is away', () => {
  it('is waited for, then the call goes on', async () => {
    const { client, sent } = talk([away(), away(), ok({ now: 'x', mode: 'real' })]);
    expect(await client.clock.get()).toEqual({ now: 'x', mode: 'real' });
    expect(sent).toHaveLength(3);
  });

  it('is waited for as others are that have their turn first', async () => {
    const busy = Response.json({ code: 'rate_limited' }, { status: 429, headers: { 'retry-after': '0' } });
    const { client, sent } = talk([busy, ok({ now: 'x', mode: 'real' })]);
    expect(await client.clock.get()).toEqual({ now: 'x', mode: 'real' });
    expect(sent).toHaveLength(2);
  });

  it('is waited for three times, or as often as is said', async () => {
    const { client, sent } = talk([away(), away(), away(), away(), ok()]);
    expect(await problemOf(client.clock.get())).toMatchObject({ status: 503, code: 'database_away' });
    expect(sent).toHaveLength(4);
    const once = talk([away(), ok()], { retriesMax: 0 });
    expect(await problemOf(once.client.clock.get())).toMatchObject({ status: 503 });
    expect(once.sent).toHaveLength(1);
  });

  it.each([
    ['without Retry-After', away(null)],
    ['with a date for it', away('Wed, 21 Oct 2026 07:28:00 GMT')],
    ['with a longer wait than we have patience for', away('3600')],
    ['that is another error', Response.json({}, { status: 500, headers: { 'retry-after': '0' } })],
  ])('%s is a problem at once', async (_what, answer) => {
    const { client, sent } = talk([answer, ok()]);
    await problemOf(client.clock.get());
    expect(sent).toHaveLength(1);
  });

  it('is told the same key when a command is repeated, so that it is done once', async () => {
    const { client, sent } = talk([away(), ok(), ok()]);
    await client.followUps.command('x', 'snooze', { until: '2 days' });
    await client.followUps.command('x', 'snooze', { until: '2 days' });
    const keys = sent.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^\S{16,}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

describe('an abort', () => {
  it('ends a call before it is sent', async () => {
    const { client, sent } = talk([ok()], { signal: AbortSignal.abort() });
    await expect(client.clock.get()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(sent).toHaveLength(0);
  });

  it('ends the waiting at once', async () => {
    const aborting = new AbortController();
    const { client, sent } = talk([away('30'), ok()], { signal: aborting.signal });
    const call = client.clock.get();
    const ended = expect(call).rejects.toThrow('enough');
    setImmediate(() => aborting.abort(new Error('enough')));
    await ended;
    expect(sent).toHaveLength(1);
  });
});
