// The written form of a stage and of what it says to whom: keys, kinds and defaults of POLICY.md, *Stage keys*.
// compile-stage.ts reads it.
import { z } from 'zod';
import { CHANNELS } from './policy.ts';
import { cel, duration, eventTypes, id, LIST_MAX, target, targets, text, urgency } from './schema-text.ts';

export const REPEAT_TIMES_MAX = 1_000;
const PLAN_ENTRIES_MAX = 10;
const CONSEQUENCE_MAX = 1_000;

const channel = z.enum(CHANNELS);

const planEntry = z.union([
  channel,
  z.strictObject({
    channel,
    after: duration("how long after the first entry's hand-over").optional(),
    else: z.boolean().default(false).describe('only if every earlier entry failed or is missing'),
  }),
]);

export const notify = z.strictObject({
  to: targets.optional().describe('who is told: `escalated` on a stage with `escalate`, else `assignee`'),
  template: id('the template; without one the built-in template for role and channel').optional(),
  via: z
    .union([z.literal('preferred'), channel, z.array(planEntry).min(1).max(PLAN_ENTRIES_MAX)])
    .default('preferred')
    .describe("the contact plan; `preferred` is the recipient's own"),
});
export const notifies = z.union([notify, z.array(notify).min(1).max(LIST_MAX)]);

/** A closing notification, or `none`. */
export const closing = z.union([z.literal('none'), z.strictObject({ notify: z.union([z.literal('none'), notifies]) })]);

const sendSpan = (what: string) => text(40, `${what}: \`HH:MM-HH:MM\` in the recipient's zone, or \`calendar\``);

const at = z.union([
  text(300, 'an anchor, alone or plus or minus a duration: `opened`, `due - 3 days`, `overdue.last + 5 days`'),
  z.strictObject({
    on: eventTypes,
    when: cel('which of these events').optional(),
    key: cel('the key in this event').optional(),
  }),
  z.strictObject({
    changed: text(200, 'the field that changes, as in `data.status`'),
    key: cel('the key in this event').optional(),
  }),
]);

export const stage = z.strictObject({
  id: text(64, 'the id of the stage, unique in its policy'),
  role: z
    .enum(['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'])
    .optional()
    .describe('picks the built-in template; from its place when not given'),
  at: at.describe('when the stage runs'),
  when: cel('the stage is skipped when this is false').optional(),
  window: sendSpan('when messages may leave').optional(),
  quietHours: sendSpan('when messages may not leave').optional(),
  repeat: z
    .strictObject({
      every: duration('the time between runs'),
      times: z.int().min(1).max(REPEAT_TIMES_MAX).describe('how many runs, the first included'),
      until: z.enum(['acknowledged', 'resolved']).optional().describe("the stage's own `until`, written here"),
    })
    .optional(),
  until: z.enum(['acknowledged', 'resolved']).optional().describe('what stops the stage (acknowledged)'),
  urgency: urgency.optional(),
  consequence: text(CONSEQUENCE_MAX, 'what happens if nobody acts (Liquid)').optional(),
  notify: notifies.optional(),
  escalate: z
    .strictObject({ to: targets, mode: z.enum(['add', 'reassign']).default('add'), raise: urgency.optional() })
    .optional()
    .describe('who is told from now on'),
});

export { target };
export type WrittenStage = z.output<typeof stage>;
export type WrittenNotify = z.output<typeof notify>;
export type WrittenClosing = z.output<typeof closing>;
