// The shape of figures, as shape.ts has those of everything else. The mapping to it is wire-metrics.ts.
import { z } from 'zod';
import { CHANNELS } from '../policy/policy.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const date = z.iso.date();
const channel = z.enum(CHANNELS);
const count = z.int().min(0);
const rate = z.number().min(0).max(1).nullable().describe('null: there is nothing that it could be a share of');
const seconds = z.number().min(0).nullable();
const limits = z.strictObject({ lower: seconds, upper: seconds });
const durationFields = {
  p50: seconds.describe('seconds; null where fewer have ended'),
  p90: seconds,
  n: count,
  censored: count.describe('of those, how many still wait, or wait for it no more'),
  limits: z.strictObject({ p50: limits, p90: limits }).describe('95 % confidence'),
};
const duration = z.strictObject(durationFields);
const window = {
  from: date,
  to: date.describe('the last day, with all of it'),
  zone: z.string(),
  groupBy: z.array(z.string()),
  asOf: time.describe('what changed later may not be counted yet'),
};
const group = {
  policy: z.string().optional(),
  stage: z.string().optional(),
  channel: channel.optional(),
  team: z.string().nullable().optional(),
  level: z.int().optional(),
  day: date.optional(),
};
const hourFields = {
  interruptedBusiness: count.describe(
    'of `accepted - merged`: Monday to Friday, 8 to 18, by the clock of whoever got it',
  ),
  interruptedEvening: count.describe('Monday to Friday, 18 to 22'),
  interruptedNight: count.describe('22 to 8'),
  interruptedWeekend: count.describe('Saturday and Sunday, 8 to 22'),
};
const messageFields = {
  messages: count,
  accepted: count,
  delivered: count,
  bounced: count,
  merged: count.describe('of `accepted`: in another message'),
  ...hourFields,
  deliveryRate: rate.describe('of `messages`: accepted, and not returned since'),
  openRate: rate,
  openRateHuman: rate,
  clickRate: rate,
  actedRate: rate,
};
const metricsShape = z.strictObject({
  ...window,
  rows: z.array(
    z.strictObject({
      ...group,
      followUps: count,
      open: count,
      resolved: count,
      cancelled: count,
      expired: count,
      escalated: count,
      exhausted: count.describe('of `open`: every stage has run and nobody has acted'),
      unreached: count.describe('had at some time nobody to tell, nor a fallback with anybody'),
      reached: count.optional().describe('by level: those that reached it, whatever level they reached after it'),
      reachedRate: rate.optional().describe('by level: of all that opened'),
      commitments: count.describe('dates that somebody promised, and neither moved nor took back'),
      commitmentsKept: count.describe('of `commitments`: resolved by then'),
      commitmentsMissed: count.describe('of `commitments`: the date passed first'),
      ...messageFields,
      conversionRate: rate,
      escalationRate: rate,
      expiredRate: rate.describe('of `followUps`'),
      exhaustedRate: rate.describe('of `followUps`'),
      unreachedRate: rate.describe('of `followUps`'),
      commitmentKeptRate: rate.describe('of those that were kept or missed'),
      responseTime: duration,
      timeToResolve: duration,
      timeToAcknowledge: duration,
    }),
  ),
});

const messagesShape = z.strictObject({
  ...window,
  rows: z.array(
    z.strictObject({
      policy: z.string().optional(),
      stage: z.string().optional(),
      channel: channel.optional(),
      provider: z.string().nullable().optional().describe('null: it was never handed over, or nobody knows'),
      template: z
        .string()
        .nullable()
        .optional()
        .describe('null: the words that are built in, those of a digest, or nobody knows'),
      templateVersion: z.int().nullable().optional(),
      locale: z.string().nullable().optional().describe('BCP 47, of its words; null: nobody knows'),
      day: date.optional(),
      ...messageFields,
    }),
  ),
});

const share = z.number().min(0).max(1);
const curvesShape = z.strictObject({
  of: z.enum(['responseTime', 'timeToResolve', 'timeToAcknowledge']),
  ...window,
  rows: z.array(
    z.strictObject({
      ...group,
      ...durationFields,
      points: z.array(
        z.strictObject({
          seconds: z.number().min(0),
          waiting: share.describe('the share that waits longer (Kaplan and Meier)'),
          lower: share.nullable().describe('95 % confidence; null where nobody is left'),
          upper: share.nullable(),
          atRisk: count.describe('how many waited at least so long'),
        }),
      ),
    }),
  ),
});

const interruptedShape = z.strictObject({
  ...window,
  rows: z.array(
    z.strictObject({
      recipient: z.string(),
      name: z.string().nullable().describe('the id of whoever has none; null: there is no such person any more'),
      interrupted: count.describe('messages, of all hours'),
      ...hourFields,
    }),
  ),
});

export const METRIC_SHAPES = {
  Metrics: metricsShape,
  MessageMetrics: messagesShape,
  Curves: curvesShape,
  Interrupted: interruptedShape,
};
