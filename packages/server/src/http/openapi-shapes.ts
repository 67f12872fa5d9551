// What goes into and comes out of each address: bodies and queries are the very schemas that the routes check with,
// answers those of core/contract/shape.ts. openapi.ts puts them together.
import { brandingSchema, policyJsonSchema, type ShapeName, scheduleSchema, simulationSchema } from '@relance/core';
import { z } from 'zod';
import { QUESTIONS } from '../insights/answer.ts';
import { pageSchema } from './route.ts';
import { activityQuerySchema, activitySchema } from './routes/activity.ts';
import { auditListSchema } from './routes/audit.ts';
import { calendarBodySchema, daysSchema } from './routes/calendar.ts';
import { categorySchema } from './routes/category.ts';
import { advanceSchema } from './routes/clock.ts';
import { connectionSchema } from './routes/connection.ts';
import { deviceSchema } from './routes/device.ts';
import { eraseSchema } from './routes/erasure.ts';
import { eventListSchema } from './routes/event.ts';
import { COMMAND_SCHEMAS, followUpListSchema, openQuerySchema, openSchema, readingSchema } from './routes/follow-up.ts';
import { groupSchema } from './routes/group.ts';
import { actSchema, allSchema, inboxListSchema } from './routes/inbox.ts';
import { keySchema } from './routes/key.ts';
import { messageListSchema } from './routes/message.ts';
import { curveQuerySchema, interruptedQuerySchema, messageQuerySchema, metricQuerySchema } from './routes/metric.ts';
import { atSchema, calendarSchema, rangeSchema } from './routes/on-call.ts';
import { worldSchema } from './routes/policy-world.ts';
import { ownPreferencesSchema, preferencesSchema } from './routes/preference.ts';
import { receiptsSchema } from './routes/receipt.ts';
import { recipientListSchema, recipientSchema } from './routes/recipient.ts';
import { recipientBulkSchema } from './routes/recipient-bulk.ts';
import { replyAnswerSchema, replyCloseSchema, replyListSchema } from './routes/reply.ts';
import { importSchema } from './routes/schedule.ts';
import { liftSchema, suppressionListSchema, suppressionSchema } from './routes/suppression.ts';
import { exportSchema } from './routes/suppression-list.ts';
import { webhookSchema } from './routes/webhook.ts';
import { previewColorsSchema, previewSchema, testSchema } from './template-preview.ts';
import { templateSchema } from './template-schema.ts';

const jsonSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });

/** Required attributes of CloudEvents 1.0; extensions are welcome. */
const CLOUD_EVENT = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1 },
    type: { type: 'string', minLength: 1 },
    subject: { type: 'string' },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { type: 'string' },
    data: {},
    data_base64: { type: 'string', contentEncoding: 'base64' },
  },
} as const;

type Content = Readonly<Record<string, object>>;
const json = (schema: z.ZodType): Content => ({ 'application/json': jsonSchema(schema) });
const policyBody = (): Content => ({ 'application/json': policyJsonSchema(), 'application/yaml': { type: 'string' } });
const byBoth = (path: string): readonly string[] =>
  ['{id}', 'by-key/{policy}/{key}'].map((ref) => `/v1/follow-ups/${ref}${path}`);

/** Content types and schemas of the body, by `METHOD /path`; nothing for those without one. */
export const bodies = (): Readonly<Record<string, Content>> => ({
  'POST /v1/events': {
    'application/cloudevents+json': CLOUD_EVENT,
    'application/cloudevents-batch+json': { type: 'array', maxItems: 500, items: CLOUD_EVENT },
    'application/json': {},
  },
  'PUT /v1/recipients/{id}': json(recipientSchema),
  'POST /v1/recipients/{id}/activity': json(activitySchema),
  'POST /v1/recipients/bulk': json(z.array(recipientSchema.required({ id: true })).max(1_000)),
  'PUT /v1/recipients/{id}/preferences': json(preferencesSchema),
  'PUT /v1/groups/{id}': json(groupSchema),
  'PUT /v1/schedules/{id}': json(scheduleSchema),
  'POST /v1/schedules/{id}/import': { 'text/calendar': { type: 'string' } },
  'PUT /v1/calendars/{id}': json(calendarBodySchema),
  'PUT /v1/templates/{id}': json(templateSchema),
  'POST /v1/templates/{id}/preview': json(previewSchema),
  'POST /v1/templates/{id}/preview/html': {
    ...json(previewSchema),
    'application/x-www-form-urlencoded': { type: 'object', properties: { preview: { type: 'string' } } },
  },
  'POST /v1/templates/{id}/test': json(testSchema),
  'PUT /v1/categories/{id}': json(categorySchema),
  'PUT /v1/webhooks/{id}': json(webhookSchema),
  'PUT /v1/policies/{id}': policyBody(),
  'POST /v1/policies/check': policyBody(),
  'POST /v1/policies/world': json(worldSchema),
  'POST /v1/policies/{id}/simulate': json(simulationSchema),
  'POST /v1/follow-ups': json(openSchema),
  'PUT /v1/connections/{id}': json(connectionSchema),
  'POST /v1/receipts/{provider}': json(receiptsSchema),
  'POST /v1/clock/advance': json(advanceSchema),
  'PUT /v1/inbox/devices/{id}': json(deviceSchema),
  'PUT /v1/inbox/preferences': json(ownPreferencesSchema),
  'POST /v1/inbox/read': json(allSchema),
  'POST /v1/inbox/archive': json(allSchema),
  'POST /v1/inbox/{id}/act': json(actSchema),
  'POST /v1/keys': json(keySchema),
  'PUT /v1/settings/branding': json(brandingSchema),
  'POST /v1/recipients/{id}/erase': json(eraseSchema),
  'POST /v1/suppressions/import': { 'text/csv': { type: 'string' }, 'application/x-ndjson': { type: 'string' } },
  'POST /v1/replies/{id}/answer': json(replyAnswerSchema),
  'POST /v1/replies/{id}/close': json(replyCloseSchema),
  'PUT /v1/suppressions': json(suppressionSchema),
  'POST /v1/suppressions/bulk': json(z.array(suppressionSchema).max(1_000)),
  ...Object.fromEntries(
    Object.entries(COMMAND_SCHEMAS).flatMap(([name, schema]) =>
      byBoth(`/${name}`).map((path) => [`POST ${path}`, json(schema)]),
    ),
  ),
});

export const QUERIES: Readonly<Record<string, z.ZodObject>> = {
  'GET /v1/events': eventListSchema,
  'GET /v1/events/{id}': z.object({ source: z.string().optional() }),
  'GET /v1/connections': pageSchema,
  'GET /v1/recipients': recipientListSchema,
  'POST /v1/recipients/bulk': recipientBulkSchema,
  'GET /v1/recipients/{id}/messages': pageSchema,
  'GET /v1/recipients/{id}/activity': activityQuerySchema,
  'GET /v1/recipients/{id}/preferences/changes': pageSchema,
  'GET /v1/groups': pageSchema,
  'GET /v1/schedules': pageSchema,
  'GET /v1/schedules/{id}/on-call': atSchema,
  'GET /v1/schedules/{id}/shifts': rangeSchema,
  'GET /v1/schedules/{id}/gaps': rangeSchema,
  'GET /v1/schedules/{id}/calendar.ics': calendarSchema,
  'POST /v1/schedules/{id}/import': importSchema,
  'GET /v1/calendars': pageSchema,
  'GET /v1/calendars/{id}/days': daysSchema,
  'GET /v1/templates': pageSchema,
  'POST /v1/templates/{id}/preview/html': previewColorsSchema,
  'GET /v1/categories': pageSchema,
  'GET /v1/webhooks': pageSchema,
  'GET /v1/policies': pageSchema,
  'GET /v1/policies/{id}': z.object({ version: z.int().optional() }),
  'POST /v1/follow-ups': openQuerySchema,
  'GET /v1/follow-ups': followUpListSchema,
  'GET /v1/messages': messageListSchema,
  'GET /v1/inbox': inboxListSchema,
  'GET /v1/audit': auditListSchema,
  'GET /v1/suppressions/export': exportSchema,
  'GET /v1/replies': replyListSchema,
  'GET /v1/suppressions': suppressionListSchema,
  'DELETE /v1/suppressions': liftSchema,
  ...Object.fromEntries(Object.keys(QUESTIONS).map((name) => [`GET /v1/metrics/${name}`, metricQuerySchema])),
  'GET /v1/metrics/messages': messageQuerySchema,
  'GET /v1/metrics/curves': curveQuerySchema,
  'GET /v1/metrics/interrupted': interruptedQuerySchema,
  ...Object.fromEntries(byBoth('/timeline').map((path) => [`GET ${path}`, pageSchema.extend(readingSchema.shape)])),
  ...Object.fromEntries(byBoth('/explain').map((path) => [`GET ${path}`, readingSchema])),
  ...Object.fromEntries(byBoth('/messages').map((path) => [`GET ${path}`, pageSchema])),
};

export interface AnswerShape {
  readonly status: number;
  readonly shape: ShapeName | null;
  /** A page of them: `{items, nextCursor}`. */
  readonly list?: boolean;
}

const one = (shape: ShapeName): AnswerShape => ({ status: 200, shape });
const list = (shape: ShapeName): AnswerShape => ({ status: 200, shape, list: true });
const NOUNS: Readonly<Record<string, ShapeName>> = {
  recipients: 'Recipient',
  groups: 'Group',
  schedules: 'Schedule',
  calendars: 'Calendar',
  categories: 'Category',
  templates: 'Template',
  webhooks: 'Webhook',
  connections: 'Connection',
};

/** What success looks like; an address that is not here answers 200 with something told in its summary. */
export const ANSWERS: Readonly<Record<string, AnswerShape>> = {
  'POST /v1/events': { status: 202, shape: 'EventsAnswer' },
  'POST /v1/sources/{source}/{key}': { status: 202, shape: 'EventsAnswer' },
  'POST /v1/sources/{source}/{key}/{rest}': { status: 202, shape: 'EventsAnswer' },
  'GET /v1/events': list('Event'),
  'GET /v1/events/{id}': one('Event'),
  ...Object.fromEntries(
    Object.entries(NOUNS).flatMap(([noun, shape]) => [
      [`GET /v1/${noun}`, list(shape)],
      [`GET /v1/${noun}/{id}`, one(shape)],
      [`PUT /v1/${noun}/{id}`, one(shape)],
    ]),
  ),
  ...Object.fromEntries(
    [...Object.keys(NOUNS), 'policies', 'keys'].map((noun) => [
      `DELETE /v1/${noun}/{id}`,
      { status: 204, shape: null },
    ]),
  ),
  'POST /v1/webhooks/{id}/rotate': one('Webhook'),
  ...Object.fromEntries(Object.keys(QUESTIONS).map((name) => [`GET /v1/metrics/${name}`, one('Metrics')])),
  'GET /v1/metrics/messages': one('MessageMetrics'),
  'GET /v1/metrics/curves': one('Curves'),
  'GET /v1/metrics/interrupted': one('Interrupted'),
  'GET /v1/overview': one('Overview'),
  'GET /v1/channels': list('ServedChannel'),
  'GET /v1/providers': list('Provider'),
  'GET /v1/settings': one('Settings'),
  'PUT /v1/settings/branding': one('Settings'),
  'GET /v1/overview/policies': list('PolicyStanding'),
  'GET /v1/replies': list('Reply'),
  'GET /v1/replies/{id}': one('Reply'),
  'POST /v1/replies/{id}/answer': one('Reply'),
  'POST /v1/replies/{id}/close': one('Reply'),
  'GET /v1/suppressions': list('Suppression'),
  'DELETE /v1/suppressions': one('Lifted'),
  'POST /v1/suppressions/import': one('SuppressionImport'),
  'POST /v1/recipients/bulk': one('RecipientsAnswer'),
  'POST /v1/recipients/{id}/erase': one('ErasureAnswer'),
  'GET /v1/erasures/{id}': one('Erasure'),
  'GET /v1/audit': list('AuditEntry'),
  'PUT /v1/schedules/{id}': one('ScheduleAnswer'),
  'GET /v1/schedules/{id}/on-call': one('OnCall'),
  'GET /v1/schedules/{id}/shifts': list('Shift'),
  'GET /v1/schedules/{id}/gaps': list('Gap'),
  'POST /v1/schedules/{id}/import': one('ScheduleImport'),
  'GET /v1/calendars/{id}/days': one('CalendarDays'),
  'GET /v1/recipients/{id}/messages': list('Message'),
  'GET /v1/recipients/{id}/activity': list('Activity'),
  'GET /v1/recipients/{id}/preferences': one('Preferences'),
  'PUT /v1/recipients/{id}/preferences': one('Preferences'),
  'GET /v1/recipients/{id}/preferences/changes': list('PreferenceChange'),
  'GET /v1/policies': list('Policy'),
  'POST /v1/policies/world': one('PolicyWorld'),
  'GET /v1/ready-policies': list('ReadyPolicy'),
  'GET /v1/ready-policies/{id}': one('ReadyPolicyWhole'),
  'GET /v1/policies/{id}': one('Policy'),
  'PUT /v1/policies/{id}': one('PolicyAnswer'),
  'GET /v1/policies/{id}/versions': list('PolicyVersion'),
  'POST /v1/policies/{id}/simulate': one('Simulation'),
  'POST /v1/follow-ups': { status: 201, shape: 'OpenAnswer' },
  'GET /v1/follow-ups': list('FollowUp'),
  ...Object.fromEntries(byBoth('').map((path) => [`GET ${path}`, one('FollowUp')])),
  ...Object.fromEntries(byBoth('/timeline').map((path) => [`GET ${path}`, list('TimelineItem')])),
  ...Object.fromEntries(byBoth('/messages').map((path) => [`GET ${path}`, list('Message')])),
  ...Object.fromEntries(byBoth('/explain').map((path) => [`GET ${path}`, one('Explanation')])),
  ...Object.fromEntries(
    Object.keys(COMMAND_SCHEMAS).flatMap((name) =>
      byBoth(`/${name}`).map((path) => [`POST ${path}`, one('CommandAnswer')]),
    ),
  ),
  'POST /v1/receipts/{provider}': { status: 202, shape: 'ReceiptsAnswer' },
  'GET /v1/messages': list('Message'),
  'GET /v1/messages/{id}': one('Message'),
  'GET /v1/inbox/preferences': one('Preferences'),
  'PUT /v1/inbox/preferences': one('Preferences'),
  'GET /v1/inbox/devices': list('Device'),
  'PUT /v1/inbox/devices/{id}': one('Device'),
  'DELETE /v1/inbox/devices/{id}': { status: 204, shape: null },
  'GET /v1/clock': one('Clock'),
  'GET /v1/keys': list('Key'),
  'POST /v1/keys': { status: 201, shape: 'MadeKey' },
  'POST /v1/recipients/{id}/tokens': { status: 201, shape: null },
  'POST /v1/recipients/{id}/activity': { status: 202, shape: 'Accepted' },
};
