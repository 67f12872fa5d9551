// The reference against reality: every answer that openapi.json gives a shape is asked for and held against it, strictly.
import { SHAPES } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { ANSWERS } from './openapi-shapes.ts';
import { SUMMARIES } from './openapi-summaries.ts';

const POLICY = `
policy: task
title: Task
open: { on: task.created }
key: event.data.id
data: event.data
assignee: event.data.who
requester: event.data.by
due: event.data.due
actions: [ { id: seen, label: Seen, resolves: false } ]
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox, { channel: sms, after: 1 hour }] } }
  - { id: reminder, at: due - 1 day, urgency: high, notify: { via: [email] } }
`;
const EVENT = {
  specversion: '1.0',
  id: 'event-1',
  source: '/s',
  type: 'task.created',
  data: { id: 'k1', who: 'ana', by: 'bo', due: '2026-11-20T09:00:00Z' },
};
const WITHOUT_ID = { policy: 'task', key: 'made', assignee: 'ana' };

const SCHEDULE = {
  timeZone: 'Europe/Paris',
  layers: [
    {
      rotation: {
        every: '1 week',
        handover: { day: 'mon', at: '09:00' },
        start: '2026-11-09',
        members: ['ana', ['bo']],
      },
    },
  ],
};
const OFFICE = {
  zone: 'Europe/Paris',
  hours: { fri: '09:00-12:00' },
  holidays: ['FR'],
  exceptions: { '2026-11-06': 'closed' },
};
const CALENDAR =
  'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20261112T090000Z\r\nDURATION:PT1H\r\nSUMMARY:bo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';

let http: HttpWorld;
let ofAna: Record<string, string>;
let item: string;
let own: Readonly<Record<string, string>>;
beforeAll(async () => {
  http = await createHttpWorld();
  const { call, world } = http;
  await call('PUT', '/v1/recipients/ana', {
    name: 'Ana',
    email: 'ana@example.test',
    phone: '+34600000001',
    plan: { normal: ['email'] },
    location: { city: 'Madrid' },
  });
  await call('PUT', '/v1/recipients/bo', {});
  await call('PUT', '/v1/recipients/gone', {});
  const erased = (await call('POST', '/v1/recipients/gone/erase', {})).body;
  expect(SHAPES.ErasureAnswer.safeParse(erased).error?.issues ?? []).toEqual([]);
  await call('POST', '/v1/recipients/ana/activity', ACTIVITY);
  await call('PUT', '/v1/recipients/ana/preferences', {
    quietHours: '22:00-07:00',
    evidence: { text: 'by telephone' },
  });
  await call('PUT', '/v1/groups/desk', { members: ['ana'] });
  await call('PUT', '/v1/schedules/primary', SCHEDULE);
  await call('PUT', '/v1/calendars/office', OFFICE);
  await call('PUT', '/v1/templates/words', { email: { text: 'x' } });
  await call('PUT', '/v1/categories/billing', { title: 'Billing' });
  await call('PUT', '/v1/webhooks/crm', { url: 'https://crm.example.test/in' });
  await call('PUT', '/v1/suppressions', { channel: 'email', address: 'gone@example.test', reason: 'asked by letter' });
  await call('PUT', '/v1/policies/task', POLICY, { 'content-type': 'application/yaml' });
  await call('POST', '/v1/events', EVENT);
  await call('POST', '/v1/events', { ...EVENT, id: 'event-2', type: 'nobody.waits' });
  await world.settle();
  const followUp = (await call('GET', '/v1/follow-ups')).body.items[0].id as string;
  await call('POST', `/v1/follow-ups/${followUp}/commit`, { by: '3 days', actor: 'ana', comment: 'soon' });
  const message = (await call('GET', '/v1/messages')).body.items[0].id as string;
  const about = await world.node.replies.about({ message });
  if (about === null) throw new Error('a message was sent that nobody can reply to');
  await world.node.replies.take(about, {
    channel: 'email',
    from: 'ana@example.test',
    providerId: 'reply-1',
    subject: 'Re: it',
    text: 'On Friday?',
    proven: true,
    said: {
      kind: 'human',
      meaning: { kind: 'commit', by: about.now, confidence: 0.6, sure: false },
      surelyHuman: true,
    },
  });
  const reply = (await call('GET', '/v1/replies')).body.items[0].id as string;
  await http.key('default');
  await call('PUT', '/v1/connections/cards', CARDS);
  const { token } = (await call('POST', '/v1/recipients/ana/tokens', {})).body;
  ofAna = { authorization: `Bearer ${token}` };
  item = (await call('GET', '/v1/inbox', undefined, ofAna)).body.items[0].id;
  await call('PUT', '/v1/inbox/devices/phone', DEVICE, ofAna);
  own = {
    inbox: 'phone',
    events: 'event-1',
    recipients: 'ana',
    groups: 'desk',
    schedules: 'primary',
    calendars: 'office',
    templates: 'words',
    categories: 'billing',
    webhooks: 'crm',
    connections: 'cards',
    policies: 'task',
    'ready-policies': 'invoice-payment',
    'follow-ups': followUp,
    messages: message,
    erasures: erased.id,
    replies: reply,
  };
});
afterAll(() => http.end());

const addressOf = (path: string): string =>
  path
    .replace('{policy}/{key}', 'task/k1')
    .replace('{provider}', 'postcard')
    .replace(/(?<=^\/v1\/inbox\/)\{id\}/, item)
    .replace('{id}', own[path.split('/')[2] ?? ''] ?? '');

const CARDS = { provider: 'postcard', settings: { office: 'north' }, secrets: { stamp: 'a-stamp-of-four-euros' } };
const DEVICE = { kind: 'fcm', token: 'a-registration-token' };
const ACTIVITY = { type: 'shop.viewed', data: { page: '/x' }, location: { country: 'FR' } };

/** Bodies for the addresses that change something; null where the test below, or another, sends them. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/events': [EVENT, { ...EVENT, id: 'event-3' }, {}],
  'POST /v1/sources/{source}/{key}': null,
  'POST /v1/sources/{source}/{key}/{rest}': null,
  'POST /v1/follow-ups': WITHOUT_ID,
  'PUT /v1/recipients/{id}': { name: 'Ana', email: 'ana@example.test' },
  'POST /v1/recipients/{id}/activity': [ACTIVITY],
  'PUT /v1/recipients/{id}/preferences': { quietHours: '23:00-06:00' },
  'PUT /v1/inbox/preferences': { quietHours: '21:00-06:00' },
  'PUT /v1/groups/{id}': { members: ['bo'] },
  'PUT /v1/schedules/{id}': SCHEDULE,
  'POST /v1/schedules/{id}/import': CALENDAR,
  'PUT /v1/calendars/{id}': OFFICE,
  'PUT /v1/templates/{id}': { sms: { text: 'x' } },
  'PUT /v1/categories/{id}': { title: 'B' },
  'PUT /v1/connections/{id}': CARDS,
  'PUT /v1/webhooks/{id}': { url: 'https://crm.example.test/in' },
  'PUT /v1/policies/{id}': null,
  'POST /v1/policies/check': POLICY,
  'PUT /v1/suppressions': { channel: 'sms', address: '+34600000009' },
  'POST /v1/suppressions/bulk': [{ channel: 'sms', address: '+34600000008' }, { channel: 'sms' }],
  'POST /v1/clock/advance': { by: '1 minute' },
  'POST /v1/templates/{id}/test': null,
  'POST /v1/inbox/read': { all: true },
  'POST /v1/inbox/archive': { all: true },
  'POST /v1/inbox/{id}/act': { action: 'acknowledge' },
  'GET /v1/inbox/push-key': null,
  'DELETE /v1/suppressions': null,
  'POST /v1/recipients/bulk': [{ id: 'bo', name: 'Bo' }, { id: 'bo' }, { id: 'cleo', email: 'none' }],
  'POST /v1/suppressions/import': null,
  'POST /v1/recipients/{id}/erase': null,
  'PUT /v1/inbox/devices/{id}': DEVICE,
  'POST /v1/replies/{id}/answer': { text: 'Friday is fine.', actor: 'bo' },
  'POST /v1/replies/{id}/close': { actor: 'bo', comment: 'said by phone' },
  'POST /v1/receipts/{provider}': { items: [{ message: '0193a1b2-c3d4-8000-8000-000000000001', kind: 'delivered' }] },
  'POST /v1/policies/world': {
    recipients: ['ana'],
    groups: ['desk'],
    schedules: [{ id: 'primary' }],
    calendar: 'office',
  },
  'POST /v1/policies/{id}/simulate': { runs: 2, behaviours: ['assignee resolves after 1 day'] },
};
const COMMANDS: Readonly<Record<string, unknown>> = {
  snooze: { until: '1 day' },
  commit: { by: '2 days' },
  delegate: { to: 'bo' },
  reassign: { to: 'ana' },
  note: { comment: 'x' },
  reschedule: { dueAt: '2026-12-01T00:00:00Z' },
  answer: { actor: 'ana', action: 'seen', answer: { on: 'Monday' } },
};

/** An escalation needs a stage that there is not here, and a decline a manager. */
const LEFT_OUT = /\/(escalate|decline)$/;
const ASKED = Object.entries(ANSWERS).filter(
  ([route, answer]) => answer.shape !== null && BODIES[route] !== null && !LEFT_OUT.test(route),
);

describe('every answer with a shape', () => {
  it.each(ASKED)('%s', async (route, { status, shape, list }) => {
    const [method = '', path = ''] = route.split(' ');
    const command = path.split('/').at(-1) ?? '';
    // A command needs a follow-up that lives; reopening needs one that does not.
    if (shape === 'CommandAnswer' && path.includes('{')) {
      const before = command === 'reopen' ? 'cancel' : 'reopen';
      await http.call('POST', addressOf(path).replace(/[^/]+$/, before), {});
    }
    const body = BODIES[route] ?? (method === 'POST' ? (COMMANDS[command] ?? {}) : undefined);
    const type = body === CALENDAR ? 'text/calendar' : body === POLICY ? 'application/yaml' : null;
    const headers = path.startsWith('/v1/inbox') ? ofAna : type === null ? undefined : { 'content-type': type };
    const answer = await http.call(method, addressOf(path), body, headers);
    expect(answer.status, answer.text).toBe(status);
    const schema = SHAPES[shape ?? 'FollowUp'];
    const whole =
      list === true ? z.strictObject({ items: z.array(schema).min(1), nextCursor: z.string().nullable() }) : schema;
    expect(whole.safeParse(answer.body).error?.issues ?? []).toEqual([]);
  });

  it('PUT /v1/policies/{id}', async () => {
    const answer = await http.call('PUT', '/v1/policies/task', POLICY, { 'content-type': 'application/yaml' });
    expect(SHAPES.PolicyAnswer.safeParse(answer.body).error?.issues ?? []).toEqual([]);
  });

  it('of suppressions that come as a list, and go', async () => {
    const csv = 'channel,address\r\nemail,x@example.test\r\nemail,nobody\r\n';
    const taken = await http.call('POST', '/v1/suppressions/import', csv, { 'content-type': 'text/csv' });
    expect(SHAPES.SuppressionImport.safeParse(taken.body).error?.issues ?? []).toEqual([]);
    const lifted = await http.call('DELETE', '/v1/suppressions?channel=email&address=x@example.test&reason=y');
    expect(SHAPES.Lifted.safeParse(lifted.body).error?.issues ?? []).toEqual([]);
  });

  it('of two successes tells the one that came', async () => {
    const { body } = await http.call('GET', '/openapi.json');
    const told = (path: string): string[] => Object.keys(body.paths[path].post.responses).sort();
    expect(told('/v1/follow-ups')).toEqual(['200', '201', 'default']);
    expect(told('/v1/recipients/{id}/erase')).toEqual(['200', '202', 'default']);
    const twice = { ...WITHOUT_ID, key: 'twice' };
    const [made, known] = [
      await http.call('POST', '/v1/follow-ups', twice),
      await http.call('POST', '/v1/follow-ups', twice),
    ];
    expect([made.status, known.status]).toEqual([201, 200]);
    for (const { body } of [made, known]) expect(SHAPES.OpenAnswer.safeParse(body).error?.issues ?? []).toEqual([]);
  });

  it('stands in the reference', async () => {
    for (const route of Object.keys(ANSWERS)) expect(Object.keys(SUMMARIES)).toContain(route);
    const { body } = await http.call('GET', '/openapi.json');
    const find = body.paths['/v1/follow-ups'].get;
    expect(find.parameters.map((one: { name: string }) => one.name)).toEqual([
      'cursor',
      'limit',
      'status',
      'policy',
      'key',
      'subject',
      'assignee',
      'team',
      'stage',
      'dueBefore',
      'attention',
      'q',
    ]);
    expect(find.responses['200'].content['application/json'].schema.properties.items.items).toEqual({
      $ref: '#/components/schemas/FollowUp',
    });
    const snooze = body.paths['/v1/follow-ups/{id}/snooze'].post;
    expect(snooze.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/SnoozeCommand',
    });
    expect(body.components.schemas.SnoozeCommand).toMatchObject({
      required: ['until'],
      additionalProperties: false,
    });
    expect(Object.keys(body.paths['/v1/events'].post.requestBody.content)).toEqual([
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/json',
    ]);
  });
});
