// Events as senders send them: the official CloudEvents SDK in its three content modes over a real socket, what it cannot
// build by hand, and what becomes of each.
import { CloudEvent, HTTP, type Message } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

const TASK = `
policy: task
title: Task
open: { on: com.acme.task.created }
resolve: { on: com.acme.task.done, outcome: done }
key: event.data.id
subject: { type: task, id: event.data.id, title: "event.data.title" }
data: event.data
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

const DATED = `
policy: dated
open: { on: com.acme.dated.created, when: "!has(event.data.small)" }
update: { on: com.acme.dated.changed }
key: event.data.id
assignee: "'ana'"
due: event.data.due
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

let http: HttpWorld;
let url: string;
const told: string[] = [];
beforeAll(async () => {
  http = await createHttpWorld();
  const { engine } = http.world.node;
  Object.assign(engine, {
    metrics: { ...engine.metrics, alarmed: (reason: string) => told.push(`alarmed ${reason}`) },
    log: { ...engine.log, warn: (fields: object) => told.push(`warned ${JSON.stringify(fields)}`) },
  });
  await http.world.policy(DATED);
  await http.world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await http.world.policy(TASK);
  url = `${await http.listen()}/v1/events`;
});
afterAll(() => http.end());

const task = (id: string, more: object = {}) =>
  new CloudEvent({
    source: '/tests/sdk',
    type: 'com.acme.task.created',
    data: { id, title: `Task ${id} – é 田`, who: 'ana' },
    ...more,
  });

async function post(message: Message | { headers: Record<string, string>; body: unknown }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...(message.headers as Record<string, string>), authorization: `Bearer ${ADMIN_KEY}` },
    body: message.body as string,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const batch = (events: readonly unknown[]) => ({
  headers: { 'content-type': 'application/cloudevents-batch+json' },
  body: JSON.stringify(events),
});
const titleOf = async (key: string) => (await http.call('GET', `/v1/follow-ups/by-key/task/${key}`)).body.subject.title;

describe('the CloudEvents SDK', () => {
  it.each([
    ['binary', HTTP.binary],
    ['structured', HTTP.structured],
  ] as const)('%s mode', async (mode, write) => {
    const sent = task(mode, { subject: 'a b/é%', time: '2026-11-02T08:59:00.000Z', acmeregion: 'eu-1' });
    const answer = await post(write(sent));
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 1, duplicates: 0, rejected: [], followUps: [{ policy: 'task', key: mode, status: 'open' }] },
    });
    expect(await titleOf(mode)).toBe(`Task ${mode} – é 田`);
    const kept = await http.call('GET', `/v1/events/${sent.id}`);
    expect(kept.body.event).toMatchObject({
      id: sent.id,
      source: '/tests/sdk',
      time: '2026-11-02T08:59:00.000Z',
      acmeregion: 'eu-1',
      data: { who: 'ana' },
    });
    expect(kept.body.matches).toMatchObject([{ policy: 'task', key: mode, role: 'open', result: 'opened' }]);
    expect((await post(write(sent))).body).toMatchObject({ accepted: 0, duplicates: 1, rejected: [] });
  });

  it('batch mode', async () => {
    const events = ['b1', 'b2', 'b3'].map((id) => task(id).toJSON());
    const answer = await post(batch(events));
    expect(answer).toMatchObject({ status: 202, body: { accepted: 3, duplicates: 0, rejected: [] } });
    expect((answer.body.followUps as { key: string }[]).map(({ key }) => key).sort()).toEqual(['b1', 'b2', 'b3']);
  });

  it('batch mode with data in base64', async () => {
    const { data, ...rest } = task('b64').toJSON() as Record<string, unknown>;
    const encoded = { ...rest, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') };
    expect((await post(batch([encoded]))).body).toMatchObject({ accepted: 1 });
    expect(await titleOf('b64')).toBe('Task b64 – é 田');
  });

  it('binary mode decodes percent-encoded headers', async () => {
    const { headers, body } = HTTP.binary(task('percent'));
    const answer = await post({
      headers: { ...(headers as Record<string, string>), 'ce-id': 'Euro%20%E2%82%AC%20%F0%9F%98%80' },
      body: body as string,
    });
    expect(answer.status).toBe(202);
    const kept = await http.call('GET', `/v1/events/${encodeURIComponent('Euro € 😀')}?source=/tests/sdk`);
    expect(kept.body.id).toBe('Euro € 😀');
    expect((await http.call('GET', `/v1/events/${encodeURIComponent('Euro € 😀')}?source=/other`)).status).toBe(404);
  });

  it('binary mode reads headers that were not encoded', async () => {
    const headers = {
      'ce-id': 'raw',
      'ce-source': '/x',
      'ce-type': 'other',
      'ce-specversion': '1.0',
      'ce-subject': Buffer.from('50 % für 田').toString('latin1'),
    };
    expect((await post({ headers, body: undefined })).status).toBe(202);
    expect((await http.call('GET', '/v1/events/raw')).body.event.subject).toBe('50 % für 田');
  });

  it.each([
    ['text/plain', 'plain words', 'plain words'],
    ['application/vnd.acme+json', '{"a":[1]}', { a: [1] }],
    ['application/json', 'null', null],
  ])('binary mode with data of type %s', async (type, body, data) => {
    const id = `data ${type}`;
    const headers = {
      'ce-id': id.replace(' ', '%20'),
      'ce-source': '/x',
      'ce-type': 'other',
      'ce-specversion': '1.0',
      'content-type': type,
    };
    expect((await post({ headers, body })).status).toBe(202);
    expect((await http.call('GET', `/v1/events/${encodeURIComponent(id)}`)).body.event.data).toEqual(data);
  });

  it('binary mode with bytes keeps them as base64', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const headers = {
      'ce-id': 'bytes',
      'ce-source': '/x',
      'ce-type': 'other',
      'ce-specversion': '1.0',
      'content-type': 'image/png',
    };
    expect((await post({ headers, body: bytes })).status).toBe(202);
    expect((await http.call('GET', '/v1/events/bytes')).body.event.data_base64).toBe(bytes.toString('base64'));
  });
});

const plain = { specversion: '1.0', id: 'x', source: '/s', type: 't' };

/** Characters that no index can compress. */
const unlike = (length: number): string =>
  Array.from({ length }, (_one, index) => String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000))).join('');

describe('what is not a CloudEvent', () => {
  it.each([
    ['no id', { ...plain, id: undefined }, '`id`'],
    ['an empty id', { ...plain, id: '' }, '`id`'],
    ['no source', { ...plain, source: undefined }, '`source`'],
    ['no type', { ...plain, type: undefined }, '`type`'],
    ['a type of null', { ...plain, type: null }, '`type`'],
    ['no specversion', { ...plain, specversion: undefined }, '`specversion`'],
    ['another specversion', { ...plain, specversion: '0.3' }, '`specversion`'],
    ['a number as id', { ...plain, id: 7 }, '`id`'],
    ['a long id', { ...plain, id: 'x'.repeat(1_025) }, '1024'],
    ['an id of many bytes', { ...plain, id: unlike(1_024) }, '2400 bytes'],
    ['a control character in the type', { ...plain, type: 'a\nb' }, 'control character'],
    ['a time without a zone', { ...plain, time: '2026-12-01T09:00:00' }, '`time`'],
    ['30 February', { ...plain, time: '2026-02-30T09:00:00Z' }, '`time`'],
    ['data twice', { ...plain, data: 1, data_base64: 'AA==' }, 'exclude each other'],
    ['data that is not base64', { ...plain, data_base64: '*' }, 'base64'],
    [
      'a NUL character in base64',
      { ...plain, datacontenttype: 'application/json', data_base64: Buffer.from('{"a":"\\u0000"}').toString('base64') },
      'NUL',
    ],
    ['depth in base64', { ...plain, data_base64: Buffer.from('['.repeat(20_000)).toString('base64') }, '64 levels'],
    ['an attribute in capitals', { ...plain, traceParent: 'x' }, '"traceParent"'],
    ['an object as an attribute', { ...plain, extra: { a: 1 } }, '"extra"'],
    ['a list inside structured mode', [], 'JSON object'],
    ['null', null, 'JSON object'],
  ])('%s', async (_title, body, words) => {
    const answer = await http.call('POST', '/v1/events', body ?? 'null', {
      'content-type': 'application/cloudevents+json',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_event' } });
    expect(answer.body.detail).toContain(words);
  });

  it.each([
    ['%ff%fe', 'percent-encoded'],
    ['a%00b', 'NUL'],
    ['%ED%A0%80', 'percent-encoded'],
    ['a%0Ab', 'control character'],
  ])('a header %s', async (value, words) => {
    const headers = {
      'ce-id': value,
      'ce-source': '/x',
      'ce-type': 't',
      'ce-specversion': '1.0',
      'content-type': 'application/json',
    };
    const answer = await http.call('POST', '/v1/events', '{}', headers);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_event' } });
    expect(answer.body.detail).toContain(words);
  });

  it('one bad event of a batch does not sink the rest', async () => {
    const events = [task('good1').toJSON(), { ...plain, id: undefined }, 'nonsense', task('good2').toJSON()];
    const answer = await post(batch(events));
    expect(answer).toMatchObject({
      status: 202,
      body: {
        accepted: 2,
        rejected: [
          { index: 1, code: 'invalid_event', detail: expect.stringContaining('`id`') },
          { index: 2, code: 'invalid_event' },
        ],
      },
    });
    expect(await titleOf('good2')).toContain('good2');
  });

  it('takes 500 events a batch, not 501', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...plain, id: `many-${index}` }));
    expect((await post(batch(many(501)))).body).toMatchObject({ status: 413, code: 'too_large' });
    expect((await post(batch(many(500)))).body).toMatchObject({ accepted: 500, followUps: [] });
    expect((await post(batch([]))).body).toMatchObject({ accepted: 0 });
  });
});

describe('what arrived', () => {
  it('keeps an event that matches nothing, and says so', async () => {
    await http.call('POST', '/v1/events', { ...plain, id: 'unmatched', type: 'com.acme.unheard-of' });
    const kept = await http.call('GET', '/v1/events/unmatched');
    expect(kept.body).toMatchObject({
      matched: false,
      matches: [],
      why: expect.stringContaining('com.acme.unheard-of'),
    });
    expect((await http.call('GET', `/v1/events/${kept.body.ref}`)).body.id).toBe('unmatched');
  });

  it('says why a matching event opened nothing, at once and later, and tells operators', async () => {
    const odd = { ...plain, id: 'no-key', type: 'com.acme.task.created', data: { title: 'x' } };
    const answer = await http.call('POST', '/v1/events', odd);
    expect(answer.body).toMatchObject({
      accepted: 1,
      followUps: [],
      unmatched: [{ index: 0, code: 'expression_failed', detail: expect.stringMatching(/^Policy "task": .*`key`/) }],
    });
    const { body } = await http.call('GET', '/v1/events/no-key');
    expect(body.matched).toBe(true);
    expect(body.matches).toMatchObject([{ policy: 'task', result: 'error', detail: expect.stringMatching(/\S/) }]);
    expect(told).toEqual([
      'alarmed expression_failed',
      'warned {"tenant":"default","type":"com.acme.task.created","count":1}',
    ]);
  });

  it('names each event of a batch that had no effect', async () => {
    const of = (id: string, type: string, data: unknown) => ({ ...plain, id, type, data });
    const late = { id: 'dated', who: 'ana', title: 'x', due: 'not a date' };
    const answer = await http.call('POST', '/v1/events', [
      of('u0', 'com.acme.unheard-of', {}),
      of('u1', 'com.acme.task.created', { id: 'u1', who: 'ana', title: 'x' }),
      of('u2', 'com.acme.dated.created', late),
      of('u3', 'com.acme.dated.created', { ...late, due: null, small: true }),
      of('u4', 'com.acme.dated.changed', { id: 'never' }),
      {},
    ]);
    expect(answer.body).toMatchObject({ accepted: 5, rejected: [{ index: 5 }], followUps: [{ key: 'u1' }] });
    expect(answer.body.unmatched).toEqual([
      { index: 0, code: 'no_policy_listens', detail: expect.stringContaining('"com.acme.unheard-of"') },
      { index: 2, code: 'expression_failed', detail: expect.stringMatching(/^Policy "dated": .*due/) },
      { index: 3, code: 'condition_false', detail: expect.stringContaining('"dated"') },
      { index: 4, code: 'no_follow_up', detail: expect.stringContaining('"never"') },
    ]);
  });

  it('lists the newest first, page by page, each once', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await http.call('GET', `/v1/events?type=t&limit=150${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map((item: { ref: string }) => item.ref));
      cursor = page.body.nextCursor;
    }
    expect(seen.length).toBeGreaterThanOrEqual(500);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort().reverse()).toEqual(seen);
  });
});
