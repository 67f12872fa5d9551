// The shape of figures, as shape.ts has those of everything else. The mapping to it is wire-metrics.ts.
import { z } from 'zod';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const date = z.iso.date();
const channel = z.enum(['email', 'sms', 'push', 'inbox', 'chat', 'webhook']);
const count = z.int().min(0);
const rate = z.number().min(0).max(1).nullable().describe('null: there is nothing that it could be a share of');
const seconds = z.number().min(0).nullable();
const limits = z.strictObject({ lower: seconds, upper: seconds });
const duration = z.strictObject({
  p50: seconds.describe('seconds; null where fewer have ended'),
  p90: seconds,
  n: count,
  censored: count.describe('of those, how many still wait, or wait for it no more'),
  limits: z.strictObject({ p50: limits, p90: limits }).describe('95 % confidence'),
});
export const metricsShape = z.strictObject({
  from: date,
  to: date.describe('the last day, with all of it'),
  zone: z.string(),
  groupBy: z.array(z.string()),
  asOf: time.describe('what changed later may not be counted yet'),
  rows: z.array(
    z.strictObject({
      policy: z.string().optional(),
      stage: z.string().optional(),
      channel: channel.optional(),
      team: z.string().nullable().optional(),
      level: z.int().optional(),
      day: date.optional(),
      followUps: count,
      open: count,
      resolved: count,
      cancelled: count,
      expired: count,
      escalated: count,
      messages: count,
      accepted: count,
      delivered: count,
      bounced: count,
      merged: count.describe('of `accepted`: in another message'),
      openRate: rate,
      openRateHuman: rate,
      clickRate: rate,
      actedRate: rate,
      conversionRate: rate,
      escalationRate: rate,
      responseTime: duration,
      timeToResolve: duration,
      timeToAcknowledge: duration,
    }),
  ),
});
