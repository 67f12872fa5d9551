// Events over HTTP, as real senders send them: the official CloudEvents SDK in all three modes, and everything bad.
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish, json, startTestServer, type TestServer, taskEvent } from '../server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await furnish(server);
});
afterAll(() => server.end());

const post = async (init: RequestInit) => {
  const response = await server.raw('/v1/events', init);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
};
const task = (id: string) => ({ id, title: `Task ${id}`, assignee: 'ana', requester: 'sam' });

describe('the official CloudEvents SDK', () => {
  const event = (id: string) => new CloudEvent({ id, source: '/sdk', type: 'com.acme.task.assigned', data: task(id) });
  const send = (message: { headers: unknown; body: unknown }) =>
    post({ method: 'POST', headers: message.headers as Record<string, string>, body: message.body as string });

  it('is understood in binary mode', async () => {
    expect(await send(HTTP.binary(event('sdk-binary')))).toMatchObject({
      status: 202,
      body: {
        accepted: 1,
        duplicates: 0,
        rejected: [],
        followUps: [{ policy: 'task', key: 'sdk-binary', status: 'open' }],
      },
    });
  });
  it('is understood in structured mode', async () => {
    expect(await send(HTTP.structured(event('sdk-structured')))).toMatchObject({
      status: 202,
      body: { accepted: 1, followUps: [{ key: 'sdk-structured' }] },
    });
  });
  it('is understood in batch mode', async () => {
    const batch = [event('sdk-batch-1'), event('sdk-batch-2')];
    const answer = await post({
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(batch),
    });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(answer.body.followUps).toHaveLength(2);
  });
});

describe('what becomes of events', () => {
  it('takes the same event once', async () => {
    const event = taskEvent('assigned', task('once'));
    expect((await post(json(event, 'application/cloudevents+json'))).body).toMatchObject({
      accepted: 1,
      duplicates: 0,
    });
    expect((await post(json(event, 'application/cloudevents+json'))).body).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect((await server.client.followUps.list({ key: 'once' })).items).toHaveLength(1);
  });

  it('opens one follow-up when two hundred senders say the same at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => server.client.events.send(taskEvent('assigned', task('crowd')))),
    );
    expect(new Set(answers.flatMap((answer) => answer.followUps.map((one) => one.id))).size).toBe(1);
    expect((await server.client.followUps.list({ key: 'crowd' })).items).toHaveLength(1);
  });

  it('keeps a resolve that comes before its start', async () => {
    const done = taskEvent('done', { id: 'early' });
    const early = await server.client.events.send(done);
    expect(early).toMatchObject({ accepted: 1, followUps: [] });
    const opened = await server.client.events.send(taskEvent('assigned', task('early')));
    expect(opened.followUps).toMatchObject([{ key: 'early', status: 'resolved' }]);
    // It is told by the id that its sender knows, not by ours.
    const timeline = await server.client.followUps.timeline(opened.followUps[0]?.id ?? '');
    expect(timeline.items.find((line) => line.kind === 'resolved')?.text).toContain(`by event ${String(done.id)}.`);
  });

  it('does not let an old resolve close a new follow-up', async () => {
    await server.client.events.send(taskEvent('assigned', task('again')));
    await server.client.events.send(taskEvent('done', { id: 'again' }));
    await server.client.events.send(taskEvent('done', { id: 'again' })); // late news of the first
    expect((await server.client.events.send(taskEvent('assigned', task('again')))).followUps).toMatchObject([
      { status: 'open' },
    ]);
  });

  it('does not take late news of a closed one for the end of the next', async () => {
    const at = (minute: number): string => `2026-11-24T10:0${minute}:00Z`;
    await server.client.events.send(taskEvent('assigned', task('flaps'), { time: at(0) }));
    await server.client.followUps.byKey('task', 'flaps').command('resolve', { actor: 'ana' });
    await server.client.events.send(taskEvent('done', { id: 'flaps' }, { time: at(2) })); // what ana knew already
    const again = await server.client.events.send(taskEvent('assigned', task('flaps'), { time: at(5) }));
    expect(again.followUps).toMatchObject([{ status: 'open' }]);
  });

  it('keeps the others of a batch when one is bad', async () => {
    const good = [taskEvent('assigned', task('batch-a')), taskEvent('assigned', task('batch-b'))];
    const answer = await post(
      json([good[0], { specversion: '1.0', id: 'x', type: 'y' }, good[1]], 'application/cloudevents-batch+json'),
    );
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: [{ index: 1, code: 'invalid_event' }] },
    });
  });

  it('keeps events nobody waits for, and says so', async () => {
    await server.client.events.send({ specversion: '1.0', id: 'lonely', source: '/tests', type: 'com.acme.unknown' });
    expect(await server.client.events.get('lonely')).toMatchObject({
      matched: false,
      matches: [],
      why: expect.stringContaining('com.acme.unknown'),
    });
    expect(await server.client.events.get('batch-none').catch((error: { status: number }) => error.status)).toBe(404);
  });

  it('opens and closes in one batch, in order', async () => {
    const answer = await server.client.events.send([
      taskEvent('assigned', task('quick')),
      taskEvent('changed', { id: 'quick', title: 'Changed' }),
      taskEvent('done', { id: 'quick' }),
      taskEvent('assigned', task('quick')),
    ]);
    expect(answer.accepted).toBe(4);
    const all = (await server.client.followUps.list({ key: 'quick' })).items;
    expect(all.map((one) => one.status).sort()).toEqual(['open', 'resolved']);
  });
});

describe('bad events', () => {
  const nested = (depth: number): string =>
    `{"specversion":"1.0","id":"deep","source":"/t","type":"t","data":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const cases: readonly (readonly [string, RequestInit, number, string])[] = [
    ['malformed JSON', json('{"specversion": "1.0",', 'application/cloudevents+json'), 400, 'bad_json'],
    ['JSON 20,000 deep', json(nested(20_000), 'application/cloudevents+json'), 400, 'too_deep'],
    ['no body', { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' } }, 400, 'invalid_event'],
    ['a wrong content type', json('<event/>', 'text/xml'), 415, 'unsupported_media_type'],
    ['no content type', { method: 'POST', body: new Uint8Array([123, 125]) }, 415, 'unsupported_media_type'],
    [
      'no id',
      json({ specversion: '1.0', source: '/t', type: 't' }, 'application/cloudevents+json'),
      400,
      'invalid_event',
    ],
    [
      'no source',
      json({ specversion: '1.0', id: '1', type: 't' }, 'application/cloudevents+json'),
      400,
      'invalid_event',
    ],
    [
      'no type',
      json({ specversion: '1.0', id: '1', source: '/t' }, 'application/cloudevents+json'),
      400,
      'invalid_event',
    ],
    [
      'another version',
      json({ specversion: '0.3', id: '1', source: '/t', type: 't' }, 'application/cloudevents+json'),
      400,
      'invalid_event',
    ],
    [
      'a NUL in the data',
      json(
        '{"specversion":"1.0","id":"nul","source":"/t","type":"t","data":{"a":"\\u0000"}}',
        'application/cloudevents+json',
      ),
      400,
      'bad_text',
    ],
    [
      'a lone surrogate',
      json(
        '{"specversion":"1.0","id":"lone","source":"/t","type":"t","data":{"a":"\\ud800"}}',
        'application/cloudevents+json',
      ),
      400,
      'bad_text',
    ],
    [
      'a body of 2 MB',
      json(
        { specversion: '1.0', id: 'big', source: '/t', type: 't', data: 'x'.repeat(2_000_000) },
        'application/cloudevents+json',
      ),
      413,
      'too_large',
    ],
    [
      'a batch of 501',
      json(
        Array.from({ length: 501 }, (_, index) => taskEvent('assigned', { id: `${index}` })),
        'application/cloudevents-batch+json',
      ),
      413,
      'too_large',
    ],
    [
      'a number beyond numbers',
      json(
        '{"specversion":"1.0","id":"inf","source":"/t","type":"t","data":{"a":1e400}}',
        'application/cloudevents+json',
      ),
      400,
      'bad_json',
    ],
  ];
  it.each(cases)('answers %s with a problem and a next step', async (_name, init, status, code) => {
    const answer = await post(init);
    expect(answer).toMatchObject({
      status,
      body: { status, code, detail: expect.any(String), next: expect.any(String) },
    });
    expect(answer.type).toContain('application/problem+json');
  });

  it('drops __proto__ and pollutes nothing', async () => {
    const answer = await post(
      json(
        '{"specversion":"1.0","id":"proto","source":"/t","type":"com.acme.task.assigned","data":{"id":"proto","title":"t","assignee":"ana","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
        'application/cloudevents+json',
      ),
    );
    expect(answer.status).toBe(202);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('takes due dates in the past, refuses impossible ones with a reason', async () => {
    const due = async (id: string, dueDate: string) => {
      await server.client.events.send(taskEvent('assigned', { ...task(id), dueDate }, { id: `due-${id}` }));
      return server.client.events.get(`due-${id}`);
    };
    expect((await due('past', '2020-01-01T00:00:00Z')).matches[0]?.result).toBe('opened');
    expect((await due('dateonly', '2030-06-01')).matches[0]?.result).toBe('opened');
    expect((await server.client.followUps.list({ key: 'dateonly' })).items[0]?.dueAt).toBe('2030-06-01T17:00:00.000Z');
    expect((await due('far', '9999-12-31T00:00:00Z')).matches[0]?.result).toBe('opened');
    expect((await due('feb', '2026-02-31')).matches[0]).toMatchObject({
      result: 'error',
      detail: expect.stringContaining('2026-02-31'),
    });
  });
});

describe('Idempotency-Key', () => {
  const open = (key: string, body: unknown) =>
    server.raw('/v1/follow-ups', {
      ...json(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    });
  it('replays the first answer, refuses another body', async () => {
    const body = { policy: 'task', key: 'idem', assignee: 'ana', subject: { title: 'Once' } };
    const first = await open('k1', body);
    expect(first.status).toBe(201);
    const again = await open('k1', body);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await again.json()) as object).toEqual(await first.json());
    const other = await open('k1', { ...body, key: 'other' });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'idempotency_mismatch' });
  });
  it('carries out one of two hundred at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => open('k2', { policy: 'task', key: 'idem-2', assignee: 'ana' })),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    expect((await server.client.followUps.list({ key: 'idem-2' })).items).toHaveLength(1);
  });
});
