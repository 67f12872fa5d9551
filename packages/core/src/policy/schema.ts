// The written form of a policy: every key of POLICY.md with its kind and default, as one zod schema for YAML,
// TypeScript (definePolicy) and JSON, and as JSON Schema for editors. Keys that are not here are refused. Texts are read
// and checked against each other in compile.ts; what is valid but not built yet stands in unbuilt.ts.
import { z } from 'zod';
import { calendarOrName } from './schema-calendar.ts';
import { closing, stage } from './schema-stage.ts';
import { cel, duration, eventTypes, id, LIST_MAX, target, text, urgency } from './schema-text.ts';

export const STAGES_MAX = 50;
const TITLE_MAX = 200;
const DESCRIPTION_MAX = 2_000;
export const RESOLVABLE_BY = ['event', 'assignee', 'requester', 'team', 'escalated', 'api'] as const;

const clauseKeys = {
  on: eventTypes,
  when: cel('which of these events').optional(),
  key: cel("the key in this event; the policy's own when not given").optional(),
  outcome: id('the outcome it closes with').optional(),
};
const clause = z.strictObject(clauseKeys);
const resolveClause = z.strictObject({
  ...clauseKeys,
  on: eventTypes.optional(),
  onReply: z
    .boolean()
    .default(false)
    .describe('what the assignee writes back to any of its mails or text messages resolves it'),
});
const oneOrMore = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(LIST_MAX)]);

const category = z.union([
  id('a category by id'),
  z.strictObject({
    id: id('the id').optional(),
    title: text(TITLE_MAX, 'as recipients see it'),
    essential: z.boolean().optional(),
    defaults: z.record(z.string(), z.unknown()).optional(),
  }),
]);

const action = z.strictObject({
  id: id('the id of the action'),
  label: text(100, 'what the button says'),
  outcome: id('the outcome it gives').optional(),
  resolves: z.boolean().default(true),
  rejects: z.boolean().default(false),
  answer: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of the answer'),
});

const actions = z.array(action).max(20).optional();
const resolvableBy = z
  .array(z.enum(RESOLVABLE_BY))
  .min(1)
  .default([...RESOLVABLE_BY]);
/** Of a policy that is read already: what answers need. */

const named = z.object({ outcome: z.string().optional(), onReply: z.boolean().default(false) });
export const answeringSchema = z.object({ actions, resolvableBy, resolve: oneOrMore(named).optional() });

const assignee = z.union([
  cel('a recipient id, or a recipient object'),
  z.strictObject({ target: target.describe('a target, as in `onCall(primary)`') }),
]);

export const policySchema = z
  .strictObject({
    policy: id('the id of the policy'),
    title: text(TITLE_MAX, 'what people read; the id when not given').optional(),
    description: text(DESCRIPTION_MAX, 'for those who read the policy').default(''),
    category: category.default('general'),
    urgency: urgency.default('normal'),
    open: oneOrMore(clause).optional().describe('events that open a follow-up'),
    update: oneOrMore(clause).optional().describe('events that change one'),
    resolve: oneOrMore(resolveClause).optional().describe('events that resolve one'),
    cancel: oneOrMore(clause).optional().describe('events that cancel one'),
    key: cel('one live follow-up for each value'),
    subject: z
      .strictObject({
        type: id('the kind of thing followed up').optional(),
        id: cel('its id; the key when not given').optional(),
        title: cel('its title; the title of the policy when not given').optional(),
        url: cel('where to see it').optional(),
      })
      .optional(),
    data: cel('a map: what conditions and templates see as `data`; `event.data` when not given').optional(),
    assignee: assignee.optional().describe('who is asked to act; exactly one of assignee and assignees'),
    assignees: cel('a list: one follow-up for each').optional(),
    requester: cel('the id of who waits for it').optional(),
    team: z.union([id('the group that is responsible'), z.strictObject({ cel: cel('its id') })]).optional(),
    watchers: cel('a list of ids of those who follow along').optional(),
    due: cel('a timestamp, date or null').optional(),
    calendar: calendarOrName.optional(),
    fallback: target.optional().describe('told when a target is empty: a group, a recipient or somebody on call'),
    resolvableBy,
    claim: z.strictObject({ for: duration('how long a claim pauses').default('3 business days') }).optional(),
    unknownGrace: duration('how long an unknown recipient is waited for (1 hour; urgent policies 0)').optional(),
    actions,
    require: z
      .union([z.int().min(1), z.literal('all')])
      .optional()
      .describe('how many assignees must answer (1)'),
    rejectOn: z.enum(['first', 'majority']).optional().describe('when rejections resolve it (first)'),
    acknowledged: z
      .strictObject({
        resumeAfter: duration('how long an acknowledgement pauses').optional(),
        max: z.int().min(1).max(100).optional(),
      })
      .default({})
      .describe('3 days, 2; urgent policies 30 minutes, 3'),
    snooze: z
      .strictObject({
        max: duration('the longest snooze').default('14 days'),
        times: z.int().min(0).max(100).default(3),
      })
      .default({ max: '14 days', times: 3 }),
    commit: z
      .strictObject({ max: duration('the furthest date one may commit to').default('30 days') })
      .default({ max: '30 days' }),
    late: z
      .strictObject({
        atOpening: z.enum(['first', 'newest', 'all', 'skip']).default('first'),
        afterOutage: z.enum(['newest', 'all', 'skip']).default('newest'),
      })
      .default({ atOpening: 'first', afterOutage: 'newest' }),
    expire: z.strictObject({ after: duration('the age at which it expires') }).optional(),
    onRepeat: text(100, '`new`, or `reopen(within)` as in `reopen(30 days)`').default('new'),
    consolidate: z.enum(['none', 'assignee']).default('none'),
    throttle: z.strictObject({ atMost: z.int().min(1).max(100), per: duration('the length of time') }).optional(),
    onUncertain: z.enum(['next-channel', 'resend', 'wait']).default('next-channel'),
    stages: z.array(stage).min(1).max(STAGES_MAX),
    resolved: closing.optional().describe('the confirmation; built in to assignee, requester and team unless `none`'),
    cancelled: closing.optional(),
    expired: closing.optional(),
  })
  .describe('A policy of Relance');

export type WrittenPolicy = z.output<typeof policySchema>;
/** A policy as a person writes it, with defaults left out. */
export type PolicyInput = z.input<typeof policySchema>;

/** Types a policy written in TypeScript; it is the same plain data as YAML or JSON, checked when it is compiled. */
export const definePolicy = (policy: PolicyInput): PolicyInput => policy;

/** JSON Schema (2020-12) of the written form, for editors. */
export const policyJsonSchema = (): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any' }) as Readonly<Record<string, unknown>>;
