// What is sent to each address: the very schemas that the routes check with, each under a name by which openapi.json has it, so that
// one that is sent to several addresses stands there once. Queries and answers are openapi-shapes.ts.
import { brandingSchema, policyJsonSchema, scheduleSchema, simulationSchema, templateSchema } from '@relance/core';
import { z } from 'zod';
import { byBoth } from './openapi-shapes.ts';
import { activitySchema } from './routes/activity.ts';
import { calendarBodySchema } from './routes/calendar.ts';
import { categorySchema } from './routes/category.ts';
import { advanceSchema } from './routes/clock.ts';
import { connectionSchema } from './routes/connection.ts';
import { deviceSchema } from './routes/device.ts';
import { eraseSchema } from './routes/erasure.ts';
import { COMMAND_SCHEMAS, openSchema } from './routes/follow-up.ts';
import { groupSchema } from './routes/group.ts';
import { actSchema, allSchema, tokenSchema } from './routes/inbox.ts';
import { keySchema } from './routes/key.ts';
import { worldSchema } from './routes/policy-world.ts';
import { ownPreferencesSchema, preferencesSchema } from './routes/preference.ts';
import { receiptsSchema } from './routes/receipt.ts';
import { recipientSchema } from './routes/recipient.ts';
import { replyAnswerSchema, replyCloseSchema } from './routes/reply.ts';
import { suppressionSchema } from './routes/suppression.ts';
import { webhookSchema } from './routes/webhook.ts';
import { previewSchema, testSchema } from './template-preview.ts';

type CommandSchemas = typeof COMMAND_SCHEMAS;
type CommandBodyName = `${Capitalize<keyof CommandSchemas>}Command`;
const bodyOfCommand = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}Command`;

const SCHEMAS = {
  ...(Object.fromEntries(
    Object.entries(COMMAND_SCHEMAS).map(([name, schema]) => [bodyOfCommand(name), schema]),
  ) as unknown as Readonly<Record<CommandBodyName, z.ZodType>>),
  NewRecipient: recipientSchema,
  ListedRecipient: recipientSchema.required({ id: true }),
  NewActivity: activitySchema.options[0],
  PreferenceWish: preferencesSchema,
  OwnPreferenceWish: ownPreferencesSchema,
  EraseRequest: eraseSchema,
  TokenRequest: tokenSchema,
  NewGroup: groupSchema,
  NewSchedule: scheduleSchema,
  NewCalendar: calendarBodySchema,
  NewTemplate: templateSchema,
  PreviewRequest: previewSchema,
  TestRequest: testSchema,
  NewCategory: categorySchema,
  NewWebhook: webhookSchema,
  PolicyWorldRequest: worldSchema,
  SimulationRequest: simulationSchema,
  OpenRequest: openSchema,
  NewConnection: connectionSchema,
  NewReceipts: receiptsSchema,
  ClockAdvance: advanceSchema,
  NewDevice: deviceSchema,
  InboxAll: allSchema,
  InboxAct: actSchema,
  NewKey: keySchema,
  Branding: brandingSchema,
  ReplyAnswer: replyAnswerSchema,
  ReplyClose: replyCloseSchema,
  NewSuppression: suppressionSchema,
} satisfies Readonly<Record<string, z.ZodType>>;

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
  additionalProperties: {},
} as const;

type BodyName = keyof typeof SCHEMAS | 'CloudEvent' | 'NewPolicy';

/** By name, as openapi.json has them. */
export const bodySchemas = (): Readonly<Record<BodyName, object>> => ({
  ...(Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      name,
      z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }),
    ]),
  ) as Readonly<Record<keyof typeof SCHEMAS, object>>),
  CloudEvent: CLOUD_EVENT,
  NewPolicy: policyJsonSchema(),
});

type Content = Readonly<Record<string, object>>;
const TEXT = { type: 'string' } as const;
const named = (name: BodyName) => ({ $ref: `#/components/schemas/${name}` });
const listOf = (name: BodyName, maxItems: number) => ({ type: 'array', maxItems, items: named(name) });
const json = (name: BodyName): Content => ({ 'application/json': named(name) });
const POLICY: Content = { ...json('NewPolicy'), 'application/yaml': TEXT };
/** Another system's own news, in whatever shape it has. */
const ANYTHING: Content = { 'application/json': {} };

/** Content types and schemas of the body, by `METHOD /path`; nothing for those without one. */
export const BODIES: Readonly<Record<string, Content>> = {
  'POST /v1/events': {
    'application/cloudevents+json': named('CloudEvent'),
    'application/cloudevents-batch+json': listOf('CloudEvent', 500),
    'application/json': {},
  },
  'POST /v1/sources/{source}/{key}': ANYTHING,
  'POST /v1/sources/{source}/{key}/{rest}': ANYTHING,
  'PUT /v1/recipients/{id}': json('NewRecipient'),
  'POST /v1/recipients/{id}/activity': {
    'application/json': { anyOf: [named('NewActivity'), listOf('NewActivity', 1_000)] },
  },
  'POST /v1/recipients/bulk': { 'application/json': listOf('ListedRecipient', 1_000) },
  'PUT /v1/recipients/{id}/preferences': json('PreferenceWish'),
  'POST /v1/recipients/{id}/erase': json('EraseRequest'),
  'POST /v1/recipients/{id}/tokens': json('TokenRequest'),
  'PUT /v1/groups/{id}': json('NewGroup'),
  'PUT /v1/schedules/{id}': json('NewSchedule'),
  'POST /v1/schedules/{id}/import': { 'text/calendar': TEXT },
  'PUT /v1/calendars/{id}': json('NewCalendar'),
  'PUT /v1/templates/{id}': json('NewTemplate'),
  'POST /v1/templates/{id}/preview': json('PreviewRequest'),
  'POST /v1/templates/{id}/preview/html': {
    ...json('PreviewRequest'),
    'application/x-www-form-urlencoded': { type: 'object', properties: { preview: TEXT } },
  },
  'POST /v1/templates/{id}/test': json('TestRequest'),
  'PUT /v1/categories/{id}': json('NewCategory'),
  'PUT /v1/webhooks/{id}': json('NewWebhook'),
  'PUT /v1/policies/{id}': POLICY,
  'POST /v1/policies/check': POLICY,
  'POST /v1/policies/world': json('PolicyWorldRequest'),
  'POST /v1/policies/{id}/simulate': json('SimulationRequest'),
  'POST /v1/follow-ups': json('OpenRequest'),
  'PUT /v1/connections/{id}': json('NewConnection'),
  'POST /v1/receipts/{provider}': json('NewReceipts'),
  'POST /v1/receipts/{provider}/{key}': ANYTHING,
  'POST /v1/clock/advance': json('ClockAdvance'),
  'PUT /v1/inbox/devices/{id}': json('NewDevice'),
  'PUT /v1/inbox/preferences': json('OwnPreferenceWish'),
  'POST /v1/inbox/read': json('InboxAll'),
  'POST /v1/inbox/archive': json('InboxAll'),
  'POST /v1/inbox/{id}/act': json('InboxAct'),
  'POST /v1/keys': json('NewKey'),
  'PUT /v1/settings/branding': json('Branding'),
  'POST /v1/suppressions/import': { 'text/csv': TEXT, 'application/x-ndjson': TEXT },
  'POST /v1/replies/{id}/answer': json('ReplyAnswer'),
  'POST /v1/replies/{id}/close': json('ReplyClose'),
  'PUT /v1/suppressions': json('NewSuppression'),
  'POST /v1/suppressions/bulk': { 'application/json': listOf('NewSuppression', 1_000) },
  ...Object.fromEntries(
    Object.keys(COMMAND_SCHEMAS).flatMap((name) =>
      byBoth(`/${name}`).map((path) => [`POST ${path}`, json(bodyOfCommand(name) as BodyName)]),
    ),
  ),
};
