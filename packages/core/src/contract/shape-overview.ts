// What needs attention now, as one answer: counts of what is live, what is stuck and why, who wrote and waits, which connections
// fail, and the newest alarms. Part of shape.ts.
import { z } from 'zod';

const time = z.iso.datetime();
const count = z.int().min(0);

export const overviewShape = z.strictObject({
  now: time,
  followUps: z
    .strictObject({
      open: count,
      acknowledged: count,
      snoozed: count.describe('of both'),
      overdue: count.describe('of both: the due date has passed'),
      urgent: count.describe('of both'),
    })
    .describe('live ones'),
  attention: z
    .strictObject({
      stagesExhausted: count,
      unknownRecipient: count,
      parked: count,
      nobodyReached: count.describe('a stage had nobody to tell, in the last seven days'),
      orphaned: count.describe('the watchdog found that nothing wakes them, in the last seven days'),
    })
    .describe(
      'live ones that need somebody: the first three go no further by themselves, which `attention=true` of the list shows; ' +
        '`attention=stages_exhausted`, `unknown_recipient`, `parked`, `nobody_reached` and `orphaned` show those of each',
    ),
  openReplies: count.describe('written by people, and neither answered nor put away'),
  connections: z
    .array(
      z.strictObject({
        id: z.string(),
        channel: z.string(),
        provider: z.string(),
        state: z.enum(['failing', 'down']),
        detail: z.string().nullable(),
        since: time,
      }),
    )
    .describe(
      'those that the tenant’s messages leave by, its own or the server’s, that do not accept what they are handed',
    ),
  alarms: z
    .array(
      z.strictObject({
        followUp: z.string(),
        title: z.string().nullable().describe('null: the follow-up is gone'),
        live: z.boolean(),
        at: time,
        reason: z.string(),
        text: z.string(),
      }),
    )
    .describe('of the last seven days, the newest first, 20 at most'),
  policies: count.describe('that are published'),
  recipients: z.boolean().describe('whether anybody is known'),
});
