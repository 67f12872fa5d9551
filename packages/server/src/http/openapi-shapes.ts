// What each address is asked with and what it answers: queries are the very schemas that the routes check with, answers those of
// core/contract/shape.ts. Bodies are openapi-bodies.ts; openapi.ts puts them together, and the typed client is made of that.
import type { ShapeName } from '@relance/core';
import { z } from 'zod';
import { QUESTIONS } from '../insights/answer.ts';
import { pageSchema } from './route.ts';
import { activityQuerySchema } from './routes/activity.ts';
import { auditListSchema } from './routes/audit.ts';
import { daysSchema } from './routes/calendar.ts';
import { eventListSchema } from './routes/event.ts';
import { COMMAND_SCHEMAS, followUpListSchema, openQuerySchema, readingSchema } from './routes/follow-up.ts';
import { inboxListSchema } from './routes/inbox.ts';
import { messageListSchema } from './routes/message.ts';
import { curveQuerySchema, interruptedQuerySchema, messageQuerySchema, metricQuerySchema } from './routes/metric.ts';
import { atSchema, calendarSchema, rangeSchema } from './routes/on-call.ts';
import { checkQuerySchema, versionQuerySchema } from './routes/policy.ts';
import { recipientListSchema } from './routes/recipient.ts';
import { recipientBulkSchema } from './routes/recipient-bulk.ts';
import { replyListSchema } from './routes/reply.ts';
import { importSchema } from './routes/schedule.ts';
import { liftSchema, suppressionListSchema } from './routes/suppression.ts';
import { exportSchema } from './routes/suppression-list.ts';
import { previewColorsSchema } from './template-preview.ts';

/** Addresses of a follow-up, by its id and by the key of its policy. */
export const byBoth = (path: string): readonly string[] =>
  ['{id}', 'by-key/{policy}/{key}'].map((ref) => `/v1/follow-ups/${ref}${path}`);

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
  'GET /v1/policies/{id}': versionQuerySchema,
  'GET /v1/policies/{id}/picture': versionQuerySchema,
  'POST /v1/policies/check': checkQuerySchema,
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
  /** Another success of the same shape, and when it is told instead. */
  readonly or?: { readonly status: number; readonly when: string };
  readonly shape: ShapeName | null;
  /** A page of them: `{items, nextCursor}`. */
  readonly list?: boolean;
  /** Content types of an answer that is a text, instead of the shape or beside it. */
  readonly texts?: readonly string[];
  /** Of a stream: the shapes of its events, by their names. */
  readonly events?: Readonly<Record<string, ShapeName>>;
}

const one = (shape: ShapeName): AnswerShape => ({ status: 200, shape });
const list = (shape: ShapeName): AnswerShape => ({ status: 200, shape, list: true });
const text = (...texts: readonly string[]): AnswerShape => ({ status: 200, shape: null, texts });
/** Figures, which are CSV where it is asked for. */
const figures = (shape: ShapeName): AnswerShape => ({ ...one(shape), texts: ['text/csv'] });
const stream = (events: Readonly<Record<string, ShapeName>>): AnswerShape => ({ status: 200, shape: null, events });
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
  ...Object.fromEntries(Object.keys(QUESTIONS).map((name) => [`GET /v1/metrics/${name}`, figures('Metrics')])),
  'GET /v1/metrics/messages': figures('MessageMetrics'),
  'GET /v1/metrics/curves': figures('Curves'),
  'GET /v1/metrics/interrupted': figures('Interrupted'),
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
  'PUT /v1/suppressions': one('SuppressedEndpoint'),
  'POST /v1/suppressions/bulk': one('SuppressionsAnswer'),
  'GET /v1/suppressions/export': text('text/csv', 'application/x-ndjson'),
  'DELETE /v1/suppressions': one('Lifted'),
  'POST /v1/suppressions/import': one('SuppressionImport'),
  'GET /v1/recipients/{id}/export': one('RecipientExport'),
  'POST /v1/recipients/bulk': one('RecipientsAnswer'),
  'POST /v1/recipients/{id}/erase': {
    ...one('ErasureAnswer'),
    or: { status: 202, when: 'Committed, and not done yet' },
  },
  'GET /v1/erasures/{id}': one('Erasure'),
  'GET /v1/audit': list('AuditEntry'),
  'PUT /v1/schedules/{id}': one('ScheduleAnswer'),
  'GET /v1/schedules/{id}/on-call': one('OnCall'),
  'GET /v1/schedules/{id}/shifts': list('Shift'),
  'GET /v1/schedules/{id}/gaps': list('Gap'),
  'GET /v1/schedules/{id}/calendar.ics': text('text/calendar'),
  'POST /v1/schedules/{id}/import': one('ScheduleImport'),
  'GET /v1/calendars/{id}/days': one('CalendarDays'),
  'GET /v1/recipients/{id}/messages': list('Message'),
  'GET /v1/recipients/{id}/activity': list('Activity'),
  'GET /v1/recipients/{id}/preferences': one('Preferences'),
  'PUT /v1/recipients/{id}/preferences': one('Preferences'),
  'GET /v1/recipients/{id}/preferences/changes': list('PreferenceChange'),
  'GET /v1/policies': list('ListedPolicy'),
  'POST /v1/policies/check': one('PolicyCheck'),
  'POST /v1/policies/world': one('PolicyWorld'),
  'GET /v1/ready-policies': list('ReadyPolicy'),
  'GET /v1/ready-policies/{id}': one('ReadyPolicyWhole'),
  'GET /v1/policies/{id}': one('Policy'),
  'PUT /v1/policies/{id}': one('PolicyAnswer'),
  'GET /v1/policies/{id}/versions': list('PolicyVersion'),
  'GET /v1/policies/{id}/picture': one('PolicyPicture'),
  'POST /v1/policies/{id}/simulate': one('Simulation'),
  'POST /v1/follow-ups': {
    status: 201,
    shape: 'OpenAnswer',
    or: { status: 200, when: 'Nothing was made: one with this key was open, or it is a dry run' },
  },
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
  'POST /v1/templates/{id}/preview': one('TemplatePreview'),
  'POST /v1/templates/{id}/preview/html': text('text/html'),
  'POST /v1/templates/{id}/test': one('TestAnswer'),
  'GET /v1/inbox': one('InboxPage'),
  'POST /v1/inbox/read': one('InboxMarked'),
  'POST /v1/inbox/archive': one('InboxMarked'),
  'POST /v1/inbox/{id}/read': one('InboxItem'),
  'POST /v1/inbox/{id}/archive': one('InboxItem'),
  'POST /v1/inbox/{id}/act': one('CommandAnswer'),
  'GET /v1/inbox/push-key': one('PushKey'),
  'GET /v1/inbox/stream': stream({
    message: 'InboxItem',
    read: 'InboxItem',
    archived: 'InboxItem',
    changed: 'InboxCounts',
  }),
  'GET /v1/stream': stream({ changed: 'FollowUpsChanged' }),
  'GET /v1/inbox/preferences': one('Preferences'),
  'PUT /v1/inbox/preferences': one('Preferences'),
  'GET /v1/inbox/devices': list('Device'),
  'PUT /v1/inbox/devices/{id}': one('Device'),
  'DELETE /v1/inbox/devices/{id}': { status: 204, shape: null },
  'GET /v1/clock': one('Clock'),
  'POST /v1/clock/advance': one('ClockAdvanced'),
  'GET /v1/keys': list('Key'),
  'POST /v1/keys': { status: 201, shape: 'MadeKey' },
  'POST /v1/recipients/{id}/tokens': { status: 201, shape: 'RecipientToken' },
  'POST /v1/recipients/{id}/activity': { status: 202, shape: 'Accepted' },
};
