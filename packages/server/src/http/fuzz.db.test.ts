// Mutated requests at every address that takes a body: a valid one with parts replaced, removed, repeated or nested by
// chance. Whatever comes, the answer is no server error, a problem where it is refused, and the log stays empty. The seed
// of a failure is printed by fast-check; `npm run fuzz` tries ten times as many.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';

const POLICY = {
  policy: 'task',
  title: 'Task',
  open: { on: 'task.created', when: 'event.data.amount > 1' },
  update: { on: 'task.changed' },
  resolve: [{ on: 'task.done', outcome: 'done' }],
  key: 'event.data.id',
  subject: { type: 'task', id: 'event.data.id', title: "'Task'", url: 'event.data.url' },
  data: 'event.data',
  assignee: 'event.data.who',
  watchers: 'event.data.watchers',
  due: 'event.data.due',
  fallback: 'recipient(ana)',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email', { channel: 'sms', after: '2 hours' }] } },
    {
      id: 'late',
      at: 'due + 1 day',
      repeat: { every: '2 days', times: 3 },
      urgency: 'high',
      when: 'data.amount > 3',
      notify: { via: ['email'] },
    },
  ],
};
const DATA = { id: 'k', who: 'ana', amount: 5, due: '2026-11-20T09:00:00Z', url: 'https://x.test/', watchers: ['bo'] };
const event = (type: string) => ({
  specversion: '1.0',
  id: 'f',
  source: '/fuzz',
  type,
  time: '2026-11-02T09:00:00Z',
  subject: 's',
  data: DATA,
});
const followUp = '/v1/follow-ups/by-key/task/k';

const SAMPLES: readonly (readonly [string, string, unknown])[] = [
  ['POST', '/v1/events', event('task.created')],
  ['POST', '/v1/events', [event('task.created'), event('task.changed'), event('task.done')]],
  [
    'PUT',
    '/v1/recipients/ana',
    {
      name: 'Ana',
      email: 'ana@x.test',
      phone: '+34600000001',
      locale: 'es',
      timeZone: 'Europe/Madrid',
      manager: 'bo',
      traits: { a: [1] },
      location: { city: 'x' },
      endpoints: [{ channel: 'email', address: 'a@x.test' }],
      plan: { normal: ['email', { channel: 'sms', after: '1 hour' }] },
      away: [],
    },
  ],
  ['POST', '/v1/recipients/bulk', [{ id: 'ana' }, { id: 'bo', email: 'bo@x.test' }]],
  ['PUT', '/v1/groups/desk', { name: 'Desk', members: ['ana', 'bo'] }],
  [
    'PUT',
    '/v1/schedules/primary',
    {
      name: 'Primary',
      timeZone: 'Europe/Paris',
      layers: [
        {
          id: 'base',
          level: 1,
          rotation: {
            every: '1 week',
            handover: { day: 'mon', at: '09:00' },
            start: '2026-01-05',
            end: '2027-01-04',
            members: ['ana', ['bo', 'cleo']],
          },
          restrictions: [{ days: 'mon-fri', from: '18:00', to: '09:00' }],
        },
        {
          rotation: {
            every: { handovers: [{ day: 'fri', at: '17:00' }] },
            start: '2026-01-05',
            members: ['bo'],
          },
        },
      ],
      overrides: [{ id: 'swap', from: '2026-11-02', to: '2026-11-03T12:00:00Z', recipient: 'bo', replaces: 'ana' }],
    },
  ],
  [
    'PUT',
    '/v1/calendars/office',
    {
      name: 'Office',
      zone: 'Europe/Paris',
      hours: { 'mon-thu': '09:00-12:30, 14:00-18:00', fri: '09:00-12:00', sun: 'closed' },
      holidays: [
        'DE-BY',
        { country: 'US', state: 'LA', region: 'NO' },
        {
          icalendar:
            'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261102\nSUMMARY:Founders\nEND:VEVENT\nEND:VCALENDAR',
        },
      ],
      exceptions: { '2026-12-24': '09:00-12:00', '2026-12-28': 'closed' },
    },
  ],
  [
    'PUT',
    '/v1/templates/words',
    {
      email: { subject: 'Hi {{ recipient.name }}', html: '<p>{% if data.x %}x{% endif %}</p>', text: 'x' },
      locales: { fr: { sms: { text: 'x' } } },
    },
  ],
  [
    'POST',
    '/v1/templates/words/preview',
    { channel: 'email', recipient: 'ana', locale: 'fr', role: 'final', data: { x: 1 }, subject: { title: 't' } },
  ],
  ['PUT', '/v1/categories/billing', { title: 'Billing', defaults: { channels: { sms: false }, frequency: 'daily' } }],
  ['PUT', '/v1/policies/task', POLICY],
  ['POST', '/v1/policies/check', POLICY],
  [
    'POST',
    '/v1/policies/world',
    {
      recipients: ['ana'],
      groups: ['g'],
      schedules: [{ id: 's', level: 2 }],
      calendar: 'c',
      at: '2026-11-02T09:00:00Z',
    },
  ],
  [
    'POST',
    '/v1/policies/task/simulate',
    {
      event: event('task.created'),
      data: DATA,
      dueAt: '2026-12-01',
      zone: 'Europe/Paris',
      at: '2026-11-02T09:00:00Z',
      behaviours: ['ana snoozes for 2 days with 50% after 1 day..2 days of notice', 'sms bounces for ana'],
      until: '90 days',
      runs: 3,
      seed: 7,
    },
  ],
  [
    'POST',
    '/v1/follow-ups',
    {
      policy: 'task',
      key: 'k',
      data: DATA,
      assignee: 'ana',
      requester: 'bo',
      team: 'desk',
      watchers: ['bo'],
      dueAt: '2026-12-01T00:00:00Z',
      subject: { type: 't', id: 'i', title: 'T', url: 'https://x.test' },
      actor: 'bo',
    },
  ],
  ...['acknowledge', 'unacknowledge', 'escalate', 'cancel', 'reopen', 'resolve', 'decline'].map(
    (name) => ['POST', `${followUp}/${name}`, { actor: 'ana', comment: 'c' }] as const,
  ),
  ['POST', `${followUp}/snooze`, { until: '2 days', actor: 'ana' }],
  ['POST', `${followUp}/commit`, { by: '2026-11-09T00:00:00Z' }],
  ['POST', `${followUp}/delegate`, { to: 'bo' }],
  ['POST', `${followUp}/reassign`, { to: 'ana' }],
  ['POST', `${followUp}/reschedule`, { dueAt: '2026-12-24T00:00:00+01:00' }],
  ['POST', `${followUp}/note`, { comment: 'c' }],
  ['POST', '/v1/recipients/ana/tokens', { ttl: '1 hour', scopes: ['inbox'] }],
  ['POST', '/v1/keys', { name: 'n', scopes: ['api'] }],
  ['POST', '/v1/clock/advance', { by: '1 minute' }],
  [
    'POST',
    '/v1/sources/alertmanager/key',
    {
      version: '4',
      status: 'firing',
      groupKey: 'g',
      receiver: 'r',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'A' },
          annotations: {},
          startsAt: '2026-11-02T09:00:00Z',
          endsAt: '0001-01-01T00:00:00Z',
          fingerprint: 'f',
        },
      ],
    },
  ],
];

const naughty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    2 ** 53,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '__proto__',
    'x'.repeat(3_000),
    [],
    {},
    [[]],
    { constructor: { prototype: {} } },
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59Z',
    '3660 days',
    'P1Y',
    '99999999 days',
    '{{',
    '{% for i in (1..100000000) %}x{% endfor %}',
    '(a+)+$',
    'manager(99999999999)',
    'due',
    'event.data',
    '*',
    '١٢٣',
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

type Mutation = {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'repeat' | 'nest' | 'add';
  readonly value: unknown;
};
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(200),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'repeat', 'nest', 'add'),
  value: naughty,
});

/** Every place in a value, as a way to set or remove it. */
function places(value: unknown): { holder: Record<string, unknown>; name: string }[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => [
    { holder: value as Record<string, unknown>, name },
    ...places(part),
  ]);
}

function mutate(sample: unknown, mutations: readonly Mutation[]): unknown {
  const root = { body: structuredClone(sample) };
  for (const { at, how, value } of mutations) {
    const all = places(root);
    const place = all[at % all.length];
    if (place === undefined) continue;
    const { holder, name } = place;
    if (how === 'add' && Array.isArray(holder)) holder.push(structuredClone(value));
    else if (how === 'replace') holder[name] = structuredClone(value);
    else if (how === 'remove') delete holder[name];
    else if (how === 'repeat') holder[name] = [holder[name], structuredClone(holder[name])];
    else if (how === 'nest') holder[name] = { [name]: holder[name] };
    else holder[typeof value === 'string' && value !== '__proto__' ? value : 'extra'] = structuredClone(value);
  }
  return root.body;
}

let number = 0;
/** An event that came before is a duplicate, and nothing of it is looked at. */
function fresh(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(fresh);
  const isEvent = body !== null && typeof body === 'object' && (body as { id?: unknown }).id === 'f';
  return isEvent ? { ...body, id: `f-${++number}` } : body;
}

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([{ id: 'ana', email: 'ana@x.test', manager: 'bo' }, { id: 'bo' }]);
  for (const [method, url, body] of SAMPLES) if (method === 'PUT') await http.call(method, url, body);
  await http.call('POST', '/v1/events', event('task.created'));
});
afterAll(() => http.end());

const RUNS = Math.ceil(Number(process.env.RELANCE_TEST_FUZZ ?? 2_000) / 50);

describe('mutated bodies', () => {
  it.each(SAMPLES)('%s %s', { timeout: 120_000 }, async (method, url, sample) => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { maxLength: 3 }), async (mutations) => {
        const body = fresh(mutate(sample, mutations));
        if (url.startsWith(`${followUp}/`)) await http.call('POST', `${followUp}/reopen`, {});
        const answer = await http.call(method, url, JSON.stringify(body ?? null), {
          'content-type': 'application/json',
        });
        const isFine = answer.status < 500 || answer.body?.code === 'not_built';
        expect(isFine, `${answer.text}\n${http.logged.join('\n')}`).toBe(true);
        if (answer.status >= 400)
          expect(answer.body).toMatchObject({ code: expect.any(String), next: expect.any(String) });
      }),
      { numRuns: RUNS },
    );
  });

  it('leave an empty log, nothing forgotten, and a world that still works', async () => {
    expect(http.logged).toEqual([]);
    await http.call('PUT', '/v1/policies/task', POLICY);
    await http.call('PUT', '/v1/recipients/ana', { email: 'ana@x.test' });
    const answer = await http.call('POST', '/v1/events', {
      ...event('task.created'),
      id: 'after',
      data: { ...DATA, id: 'after' },
    });
    expect(answer.body.followUps).toMatchObject([{ key: 'after', status: 'open' }]);
    await http.world.settle();
    expect(await http.world.node.watch()).toBe(0);
    expect(http.world.sent().filter((line) => line === 'email ana notice').length).toBeGreaterThan(0);
  });
});
