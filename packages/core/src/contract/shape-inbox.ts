// The shapes of a recipient's own inbox: its items and what can be done with them, how much there is, their devices, and what its
// stream tells. Part of shape.ts.
import { z } from 'zod';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const maybeTime = time.nullable();
const id = z.string().min(1);
const count = z.int().min(0);

const counts = z.strictObject({ unread: count, total: count, urgent: count.describe('of what is unread') });
const item = z.strictObject({
  id,
  seq: z.int(),
  followUp: id,
  title: z.string(),
  body: z.string(),
  at: time,
  as: z.enum(['feed', 'banner', 'toast', 'modal']).describe('as it shows now: after `until` as an item of the feed'),
  until: maybeTime,
  url: z.string().nullable(),
  urgency: z.enum(['low', 'normal', 'high', 'urgent']),
  actions: z
    .array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        url: z.string().describe('a page that does the same'),
        asks: z
          .literal(true)
          .optional()
          .describe('it asks for more than a press: an answer with fields, which the page asks for'),
      }),
    )
    .describe('what can be done, in the order of the buttons; empty once it is archived'),
  readAt: maybeTime,
  archivedAt: maybeTime,
  replacedBy: id
    .nullable()
    .describe('the newer item of the same follow-up that took its place, by which it is archived'),
});

export const INBOX_SHAPES = {
  InboxItem: item,
  InboxCounts: counts.describe('of what is not archived'),
  InboxPage: z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    ...counts.shape,
    lastEventId: z.string().describe('from here on the stream at /v1/inbox/stream tells what changes'),
  }),
  InboxMarked: z.strictObject({
    marked: count,
    more: z.boolean().describe('there may be others: ask again'),
    ...counts.shape,
  }),
  Device: z.strictObject({ id, kind: z.enum(['web', 'fcm', 'apns']), createdAt: time, seenAt: time }),
  PushKey: z.strictObject({ publicKey: z.string().describe('what browsers subscribe with, base64url') }),
  FollowUpsChanged: z.strictObject({
    followUps: z
      .array(id)
      .nullable()
      .describe('null: more than can be named; none: the server is there, and nothing happened'),
  }),
};
