// The shapes of people: recipients and groups, what they did elsewhere, what they have chosen, and everything that is known of one.
// Part of shape.ts.
import { z } from 'zod';
import { PUSHED_CHANNELS } from '../category.ts';
import { CHANNELS } from '../policy/policy.ts';
import { FREQUENCIES } from '../preference.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const maybeTime = time.nullable();
const id = z.string().min(1);
const channel = z.enum(CHANNELS);
const pushedChannel = z.enum(PUSHED_CHANNELS);
const anything = z.record(z.string(), z.unknown());
const location = z.strictObject({
  country: z.string().optional(),
  region: z.string().optional(),
  city: z.string().optional(),
});
const contactPlan = z.array(
  z.union([channel, z.strictObject({ channel, after: z.string().optional(), else: z.boolean().optional() })]),
);

export const recipientShape = z.strictObject({
  id,
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  locale: z.string().nullable(),
  timeZone: z.string().nullable(),
  location: location.nullable(),
  manager: id.nullable(),
  traits: anything,
  endpoints: z.array(
    z.strictObject({
      channel,
      address: z.string(),
      copy: z.enum(['cc', 'bcc']).optional().describe('a further email address that gets a copy of the same mail'),
    }),
  ),
  plan: z.strictObject({ normal: contactPlan.nullish(), urgent: contactPlan.nullish() }).nullable(),
  away: z
    .array(z.strictObject({ from: z.string(), to: z.string(), delegate: id.nullable() }))
    .describe('dates (the last one included) or RFC 3339'),
});
export const groupShape = z.strictObject({
  id,
  version: z.number().int(),
  name: z.string().nullable(),
  members: z.array(id),
});

export const PERSON_SHAPES = {
  Recipient: recipientShape,
  Group: groupShape,
  RecipientToken: z.strictObject({ token: z.string(), expiresAt: time }),
  RecipientExport: z
    .looseObject({ exportedAt: time, profile: anything })
    .describe('everything that is known of a recipient'),
  Accepted: z.strictObject({ accepted: z.int() }),
  Activity: z.strictObject({
    id,
    type: z.string(),
    at: time,
    data: z.unknown(),
    location: location.nullable(),
    source: z.string().nullable().describe('of the event it came with; null when the API told it'),
  }),
  Preferences: z.strictObject({
    recipient: id,
    pausedUntil: maybeTime,
    quietHours: z.string().nullable().describe('in their own zone, such as 22:00-07:00'),
    timeZone: z.string().nullable(),
    locale: z.string().nullable(),
    tracking: z.boolean().describe('false: nothing tells whether they open a message or follow its links'),
    categories: z.array(
      z.strictObject({
        id,
        title: z.string(),
        essential: z.boolean(),
        why: z.string().nullable(),
        subscribed: z.boolean().describe('a message needs this, and its channel'),
        channels: z.partialRecord(pushedChannel, z.boolean()).describe('those that reach them'),
        frequency: z.enum(FREQUENCIES),
      }),
    ),
  }),
  PreferenceChange: z.strictObject({
    at: time,
    what: z.enum(['subscribed', 'channel', 'frequency', 'pausedUntil', 'quietHours', 'timeZone', 'locale', 'tracking']),
    category: id.nullable(),
    channel: pushedChannel.nullable(),
    from: z.union([z.boolean(), z.string()]).nullable(),
    to: z.union([z.boolean(), z.string()]).nullable(),
    how: z.enum(['one_click', 'page', 'reply', 'sms_keyword', 'provider', 'api', 'import']),
    by: id.nullable().describe('the API key'),
    evidence: z.strictObject({
      userAgent: z.string().optional(),
      message: id.optional(),
      text: z.string().optional(),
    }),
  }),
};
