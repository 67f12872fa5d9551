// The house rules of the HTTP server: limits, headers, what operators look at, the database that goes away, errors nobody
// expected, and what must never stand in a log.
import { connect } from 'node:net';
import { ERRORS } from '@relance/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld, type Twist } from '../../../../test/http-world.ts';

let http: HttpWorld;
const start = async (twist?: Twist): Promise<void> => {
  http = await createHttpWorld(twist);
};
afterEach(() => http.end());

const event = (id: string) => ({ specversion: '1.0', id, source: '/s', type: 't' });

describe('limits', () => {
  it('too many requests of one key are told when to come back; others are not held up', async () => {
    await start(() => ({ requestsAMinute: 5 }));
    const other = { authorization: `Bearer ${await http.key('other')}` };
    const statuses: number[] = [];
    for (let index = 0; index < 6; index++) statuses.push((await http.call('GET', '/v1/clock')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]); // making the key was the first
    const refused = await http.call('GET', '/v1/clock');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await http.call('GET', '/v1/clock', undefined, other)).status).toBe(200);
  });

  it('a hundred clients that never finish their request hold nobody up', async () => {
    await start();
    const url = new URL(await http.listen());
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(Number(url.port), url.hostname);
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write(
          'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
        );
        return socket;
      }),
    );
    const response = await fetch(new URL('/healthz', url));
    expect(response.status).toBe(200);
    for (const socket of slow) socket.destroy();
  });
});

describe('headers', () => {
  it('forbid framing, sniffing and foreign content, everywhere', async () => {
    await start();
    for (const path of ['/healthz', '/openapi.json', '/docs', '/v1/clock', '/nothing']) {
      const { headers } = await http.call('GET', path);
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['content-security-policy'], path).toMatch(/default-src 'none'/);
      expect(headers['content-security-policy'], path).toMatch(/frame-ancestors 'none'/);
      expect(headers['content-security-policy'], path).not.toMatch(/unsafe|https?:|\*/);
      expect(headers['referrer-policy'], path).toBe('no-referrer');
      expect(headers['access-control-allow-origin'], path).toBeUndefined();
    }
  });
});

describe('what operators look at', () => {
  it('is open, and says how things stand', async () => {
    let healthy = true;
    let stopping = false;
    await start(() => ({ healthy: () => healthy, stopping: () => stopping }));
    const anonymous = (path: string) => http.call('GET', path, undefined, { authorization: '' });
    expect(await anonymous('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await anonymous('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect((await anonymous('/metrics')).headers['content-type']).toMatch(/^text\/plain/);
    healthy = false;
    expect(await anonymous('/healthz')).toMatchObject({ status: 503, body: { status: 'stalled' } });
    stopping = true;
    expect(await anonymous('/readyz')).toMatchObject({ status: 503, body: { status: 'stopping' } });
    const turnedAway = await http.call('POST', '/v1/events', event('late'));
    expect(turnedAway).toMatchObject({ status: 503, body: { code: 'stopping' }, headers: { 'retry-after': '2' } });
    stopping = false;
    expect((await http.call('GET', '/v1/events/late')).status).toBe(404); // nothing was half accepted
  });

  it('the reference holds every error, loads nothing from elsewhere and is valid OpenAPI', async () => {
    await start();
    const docs = await http.call('GET', '/docs', undefined, { authorization: '' });
    expect(docs.headers['content-type']).toMatch(/^text\/html/);
    for (const code of Object.keys(ERRORS)) expect(docs.text).toContain(`id="${code}"`);
    expect(docs.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const { body } = await http.call('GET', '/openapi.json', undefined, { authorization: '' });
    expect(body.openapi).toBe('3.1.0');
    const ids: string[] = [];
    for (const [path, operations] of Object.entries(
      body.paths as Record<string, Record<string, Record<string, unknown>>>,
    )) {
      for (const [method, operation] of Object.entries(operations)) {
        ids.push(operation.operationId as string);
        const parameters = operation.parameters as { name: string; in: string }[];
        const inPath = parameters.filter((one) => one.in === 'path').map((one) => one.name);
        expect(inPath, `${method} ${path}`).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
        if (method === 'get' || method === 'delete') expect(operation.requestBody, `${method} ${path}`).toBeUndefined();
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
    const dangling = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].filter(
      ([, name]) => body.components.schemas[name ?? ''] === undefined,
    );
    expect(dangling).toEqual([]);
  });
});

describe('when the database is away', () => {
  it('nothing is accepted: 503 with Retry-After, on every road, and it heals', async () => {
    let away = false;
    await start((ports) => ({
      database: {
        ...ports.database,
        transaction: (scope, work) =>
          away
            ? Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
            : ports.database.transaction(scope, work),
      },
      ingest: {
        submit: (tenant, events) =>
          away
            ? Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }))
            : ports.ingest.submit(tenant, events),
      },
    }));
    away = true;
    for (const [method, url, body] of [
      ['POST', '/v1/events', event('lost')],
      ['GET', '/v1/recipients', undefined],
      ['PUT', '/v1/recipients/ana', {}],
      ['GET', '/v1/follow-ups/nonsense-by-id', undefined],
    ] as const) {
      const answer = await http.call(method, url, body, { 'idempotency-key': 'away' });
      if (answer.status === 404) continue; // an id that cannot be one is not looked up
      expect(answer, `${method} ${url}`).toMatchObject({
        status: 503,
        body: { code: 'database_away' },
        headers: { 'retry-after': '2' },
      });
    }
    expect((await http.call('GET', '/readyz')).status).toBe(503);
    away = false;
    expect((await http.call('POST', '/v1/events', event('lost'), { 'idempotency-key': 'away' })).body.accepted).toBe(1);
  });
});

describe('errors nobody expected', () => {
  it('tell a request id outside and the rest inside, without values', async () => {
    const canary = 'canary@example.test';
    let error: Error = new Error('boom in the engine room');
    await start((ports) => ({ clock: { ...ports.clock, now: () => Promise.reject(error) } }));
    const answer = await http.call('GET', '/v1/clock');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal', requestId: expect.stringMatching(/\S/) } });
    expect(answer.text).not.toContain('boom');
    expect(answer.text).not.toContain('.ts');
    expect(http.logged).toHaveLength(1);
    expect(http.logged[0]).toContain('boom in the engine room');
    expect(http.logged[0]).toContain(answer.body.requestId);
    error = Object.assign(new Error(`invalid input syntax: "${canary}"`), {
      severity: 'ERROR',
      code: '22P02',
      detail: `(${canary})`,
      where: canary,
    });
    expect((await http.call('GET', '/v1/clock')).status).toBe(500);
    expect(http.logged).toHaveLength(2);
    expect(http.logged[1]).toContain('22P02');
    expect(http.logged[1]).not.toContain(canary);
  });
});

describe('the log', () => {
  it('never holds a key, an address, a number, a body or a token', async () => {
    await start();
    const canaries = {
      email: 'canary-mail@example.test',
      phone: '+34699999999',
      name: 'Canary Person',
      text: 'canary-body-text',
    };
    await http.call('PUT', '/v1/recipients/c', { email: canaries.email, phone: canaries.phone, name: canaries.name });
    await http.world.policy(`
policy: task
open: { on: t }
key: event.data.id
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email, sms] } } ]
`);
    await http.call('POST', '/v1/events', { ...event('c'), data: { id: canaries.text, who: 'c' } });
    await http.call('POST', '/v1/events', { ...event('c2'), data: { id: { odd: canaries.text }, who: 'c' } });
    await http.world.settle();
    const { token } = (await http.call('POST', '/v1/recipients/c/tokens', {})).body;
    const key = await http.key('default');
    await http.call('GET', `/v1/inbox?token=${token}`);
    await http.call('POST', `/v1/sources/alertmanager/${key}`, { text: canaries.text });
    await http.call('PUT', '/v1/recipients/c', { email: canaries.text });
    await http.call('GET', `/v1/recipients/${canaries.text}`, undefined, { authorization: 'Bearer wrong-canary-key' });
    const log = http.logged.join('\n');
    for (const canary of [...Object.values(canaries), token, key, ADMIN_KEY, 'wrong-canary-key'])
      expect(log).not.toContain(canary);
    const metrics = (await http.call('GET', '/metrics')).text;
    for (const canary of Object.values(canaries)) expect(metrics).not.toContain(canary);
  });
});
