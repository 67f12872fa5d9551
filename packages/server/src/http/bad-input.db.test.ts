// Bad input at the door: every answer is a problem (RFC 9457) that names what is wrong and what to do, never a 5xx, and
// nothing is written.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());

const JSON_TYPE = { 'content-type': 'application/json' };
const event = { specversion: '1.0', id: 'e', source: '/s', type: 't' };

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.text).not.toBe('');
  expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status, type: `/docs#${code}` });
  for (const name of ['title', 'detail', 'next']) expect(answer.body[name]).toMatch(/\S/);
}

async function rowsWritten(): Promise<number> {
  const [row] = await http.world.database.transaction(ENGINE, (tx) =>
    tx.query<{ n: number }>(
      'SELECT (SELECT count(*) FROM relance.events) + (SELECT count(*) FROM relance.recipients) + (SELECT count(*) FROM relance.follow_ups) AS n',
    ),
  );
  return row?.n ?? -1;
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('bodies', () => {
  it.each([
    ['malformed', '{"id": ', 400, 'bad_json'],
    ['two values', '{} {}', 400, 'bad_json'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'bad_json'],
    ['a number beyond all numbers', '{"traits":{"a":1e400}}', 400, 'bad_json'],
    ['20,000 levels deep', deep(20_000), 400, 'too_deep'],
    ['20,000 brackets that never close', '['.repeat(20_000), 400, 'too_deep'],
    ['65 levels deep', deep(65), 400, 'too_deep'],
    ['2 MB', `{"name":"${'x'.repeat(2_000_000)}"}`, 413, 'too_large'],
    ['a NUL character', '{"name":"a\\u0000b"}', 400, 'bad_text'],
    ['a NUL character in a name', '{"traits":{"a\\u0000":1}}', 400, 'bad_text'],
    ['a lone surrogate', '{"traits":{"deep":["\\ud800"]}}', 400, 'bad_text'],
    ['a list', '[]', 400, 'invalid'],
    ['a text', '"ana"', 400, 'invalid'],
    ['an unknown field', '{"phones":[]}', 400, 'invalid'],
  ])('%s', async (_title, body, status, code) => {
    const before = await rowsWritten();
    expectProblem(await http.call('PUT', '/v1/recipients/ana', body, JSON_TYPE), status, code);
    expect(await rowsWritten()).toBe(before);
  });

  it('names the place of a text that cannot be stored', async () => {
    const answer = await http.call('PUT', '/v1/recipients/ana', '{"traits":{"deep":["x","\\ud800"]}}', JSON_TYPE);
    expect(answer.body.detail).toContain('"traits.deep.1"');
  });

  it('takes brackets and escapes inside texts for what they are', async () => {
    const name = `${'['.repeat(100)}\\"${'{'.repeat(100)}`;
    const answer = await http.call('PUT', '/v1/recipients/brackets', { name });
    expect([answer.status, answer.body.name]).toEqual([200, name]);
    expect((await http.call('PUT', '/v1/recipients/deep', { traits: JSON.parse(deep(60)) })).status).toBe(200);
  });

  it.each([
    '{"traits":{"__proto__":{"polluted":1}}}',
    '{"traits":{"\\u005f_proto__":{"polluted":1}}}',
    '{"traits":{"constructor":{"prototype":{"polluted":1}}}}',
    '{"__proto__":{"name":"x"}}',
  ])('drops what would pollute prototypes: %s', async (body) => {
    const answer = await http.call('PUT', '/v1/recipients/proto', body, JSON_TYPE);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain('polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(answer.body.name).toBeNull();
  });
});

describe('content types', () => {
  it.each([
    ['text/plain', 'hello'],
    ['application/xml', '<a/>'],
    ['application/json, application/xml', '{}'],
    ['application/octet-stream', 'x'],
  ])('%s is not understood', async (type, body) => {
    expectProblem(
      await http.call('PUT', '/v1/recipients/ana', body, { 'content-type': type }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await http.call('POST', '/v1/events', body, { 'content-type': type }), 415, 'unsupported_media_type');
  });

  it('refuses several content types, and encodings', async () => {
    const url = await http.listen();
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${url}/v1/events`, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.setHeader('authorization', 'Bearer an-admin-key-for-tests-of-32-chars');
      sent.setHeader('content-type', ['application/json', 'application/cloudevents+json']);
      sent.end(JSON.stringify(event));
    });
    expect(status).toBe(415);
    const gzip = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    expectProblem(await http.call('POST', '/v1/events', '{}', gzip), 415, 'unsupported_media_type');
  });
});

describe('addresses', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/nothing', 404, 'not_found'],
    ['DELETE', '/v1/events', 405, 'method_not_allowed'],
    ['POST', '/v1/recipients/ana', 405, 'method_not_allowed'],
    ['GET', '/v1/recipients/%00', 400, 'bad_text'],
    ['GET', '/v1/recipients/%E0%A4%A', 400, 'invalid'],
    ['GET', `/v1/recipients/${'x'.repeat(7_000)}`, 400, 'invalid'],
    ['GET', '/v1/follow-ups?policy=%00', 400, 'bad_text'],
    ['GET', '/v1/follow-ups?policy=a&policy=b', 400, 'invalid'],
    ['GET', '/v1/follow-ups?status=done', 400, 'invalid'],
    ['GET', '/v1/follow-ups?limit=201', 400, 'invalid'],
    ['GET', '/v1/follow-ups?limit=x', 400, 'invalid'],
    ['GET', '/v1/follow-ups?dueBefore=tomorrow', 400, 'invalid'],
    ['GET', '/v1/follow-ups?dueBefore=0001-01-01T00:00:00%2B14:00', 400, 'invalid'],
    ['GET', '/v1/follow-ups?cursor=Zm9v', 400, 'invalid'],
    ['GET', '/v1/events?cursor=Zm9v', 400, 'invalid'],
    ['GET', '/v1/messages?cursor=Zm9v', 400, 'invalid'],
    ['GET', '/v1/messages?followUp=nonsense', 400, 'invalid'],
    ['GET', '/v1/messages?status=bogus', 400, 'invalid'],
    ['GET', '/v1/messages?channel=pigeon', 400, 'invalid'],
    ['GET', '/v1/keys?tenant=other', 400, 'invalid'],
    ['GET', '/v1/policies/p?version=99999999999', 400, 'invalid'],
    ['GET', '/v1/schedules/nonsense', 404, 'not_found'],
    ['GET', '/v1/schedules/nonsense/on-call', 404, 'not_found'],
    ['GET', '/v1/schedules/nonsense/shifts?from=tomorrow', 400, 'invalid'],
    ['GET', '/v1/schedules/nonsense/on-call?at=9999-12-31T00:00:00Z', 400, 'invalid'],
    ['GET', '/v1/schedules/nonsense/calendar.ics?level=11', 400, 'invalid'],
    ['GET', '/v1/calendars/nonsense', 404, 'not_found'],
    ['GET', '/v1/calendars/nonsense/days', 404, 'not_found'],
    ['GET', '/v1/calendars/nonsense/days?from=tomorrow', 400, 'invalid'],
    ['GET', '/v1/calendars/nonsense/days?from=2026-02-30', 400, 'invalid'],
    ['GET', '/v1/calendars/nonsense/days?count=101', 400, 'invalid'],
    ['GET', '/v1/follow-ups/nonsense', 404, 'not_found'],
    ['GET', '/v1/messages/nonsense', 404, 'not_found'],
    ['GET', '/v1/events/nonsense', 404, 'not_found'],
    ['POST', '/v1/follow-ups/nonsense/resolve', 404, 'not_found'],
    ['GET', '/v1/follow-ups/by-key/p/k%2Fl', 404, 'not_found'],
  ])('%s %.60s', async (method, url, status, code) => {
    expectProblem(await http.call(method, url), status, code);
  });

  it.each([
    'recipients',
    'groups',
    'templates',
    'policies',
    'categories',
    'events',
    'messages',
    'follow-ups',
    'recipients/ana/messages',
  ])('GET /v1/%s names a query parameter that it does not know', async (path) => {
    const answer = await http.call('GET', `/v1/${path}?limit=5&colour=red`);
    expectProblem(answer, 400, 'invalid');
    expect(answer.body.detail).toMatch(/^There is no query parameter "colour"; this address takes cursor, limit/);
    expect((await http.call('GET', `/v1/${path}?limit=5`)).status).toBe(200);
  });

  it('says which methods an address takes', async () => {
    expect((await http.call('DELETE', '/v1/events')).headers.allow).toBe('POST, GET');
  });

  it('lets no spelling of an address around the key', async () => {
    for (const url of ['/%761/clock', '/v1/%63lock', '/v1/clock?x=/v1/inbox/', '/v1/clock#/v1/sources/']) {
      expect((await http.app.inject({ method: 'GET', url })).statusCode).toBe(401);
    }
  });
});

/** Naughty texts: what has broken other programs, in every place that takes a text. */
const NAUGHTY = [
  '',
  'undefined',
  'null',
  '0/0',
  '-1e1000',
  '\ufeff',
  '\u202eright to left',
  '\u2028\u2029',
  '😀👨‍👩‍👧',
  '田中さんにあげて下さい',
  '<script>alert(1)</script>',
  "1'; DROP TABLE relance.events--",
  '$1',
  '%s%n',
  '../../etc/passwd',
  '{{7*7}}',
  '{% include "/etc/passwd" %}',
  '\\',
  '"',
  '\u0007',
  '\u0000',
  '\ud800',
  'x'.repeat(5_000),
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
];

describe('naughty texts', () => {
  const places: readonly [string, string, (text: string) => unknown][] = [
    ['PUT', '/v1/recipients/n', (text) => ({ name: text })],
    ['PUT', '/v1/recipients/n', (text) => ({ email: text, phone: text, timeZone: text, locale: text })],
    ['PUT', '/v1/recipients/n', (text) => ({ away: [{ from: text, to: text }] })],
    ['PUT', '/v1/groups/n', (text) => ({ name: text, members: [text] })],
    [
      'PUT',
      '/v1/schedules/n',
      (text) => ({
        name: text,
        timeZone: 'UTC',
        overrides: [{ id: `o${text}`, from: '2026-01-01', to: '2026-01-02', recipient: text }],
      }),
    ],
    [
      'PUT',
      '/v1/schedules/n',
      (text) => ({
        timeZone: text,
        layers: [{ rotation: { every: text, handover: { at: text }, start: text, members: [text] } }],
        overrides: [{ id: text, from: text, to: text, recipients: [text] }],
      }),
    ],
    [
      'PUT',
      '/v1/calendars/n',
      (text) => ({
        name: text,
        zone: 'UTC',
        hours: { [text]: text },
        holidays: [text, { country: text }, { icalendar: text }],
        exceptions: { [text]: text },
      }),
    ],
    ['PUT', '/v1/calendars/n', (text) => ({ zone: text, name: text })],
    ['PUT', '/v1/templates/n', (text) => ({ email: { subject: text, html: text, text } })],
    ['PUT', '/v1/categories/n', (text) => ({ title: text })],
    [
      'PUT',
      '/v1/policies/n',
      (text) => ({ policy: text, key: text, assignee: text, stages: [{ id: text, at: text }] }),
    ],
    ['POST', '/v1/follow-ups', (text) => ({ policy: text, key: text, dueAt: text })],
    ['POST', '/v1/events', (text) => ({ ...event, id: `n${text}`, source: text, time: text, data: { [text]: text } })],
    ['POST', '/v1/events', (text) => ({ ...event, id: `m${text}`, type: `t${text}`, data: { [text]: text } })],
    ['POST', '/v1/clock/advance', (text) => ({ by: text })],
    ['POST', '/v1/keys', (text) => ({ name: text, tenant: text })],
  ];
  it.each(places)('%s %s takes or refuses them', async (method, url, bodyOf) => {
    for (const text of NAUGHTY) {
      const answer = await http.call(method, url, bodyOf(text));
      expect(answer.status, `${JSON.stringify(text)}: ${answer.text}`).toBeLessThan(500);
    }
  });

  it('in addresses as well', async () => {
    for (const text of NAUGHTY) {
      for (const kind of [
        'recipients',
        'groups',
        'schedules',
        'calendars',
        'templates',
        'policies',
        'categories',
        'events',
        'messages',
        'follow-ups',
        'keys',
      ]) {
        const part = encodeURIComponent(text.toWellFormed());
        for (const [method, url] of [
          ['GET', `/v1/${kind}/${part}`],
          ['GET', `/v1/${kind}?cursor=${Buffer.from(text).toString('base64url')}&q=${part}`],
          ['DELETE', `/v1/${kind}/${part}`],
          ['PUT', `/v1/${kind}/${part}`],
        ] as const) {
          const answer = await http.call(method, url, method === 'PUT' ? {} : undefined);
          expect(answer.status, `${method} ${url}: ${answer.text}`).toBeLessThan(500);
        }
      }
    }
    expect(http.logged).toEqual([]);
  });
});
