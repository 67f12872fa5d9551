// What the server answers, as strict zod schemas: the reference (openapi.json) is made from them, and tests hold real answers
// against them, so that nothing is sent that is not written here. The mappings to them are wire.ts; errors are error.ts.
import { z } from 'zod';
import { PUSHED_CHANNELS } from '../category.ts';
import { SUPPRESSION_SOURCES } from '../consent.ts';
import { CHANNELS } from '../policy/policy.ts';
import { HELD_BY } from '../send-window.ts';
import { INBOX_SHAPES } from './shape-inbox.ts';
import { recipientsAnswerShape, suppressionImportShape, suppressionsAnswerShape } from './shape-list-taken.ts';
import { METRIC_SHAPES } from './shape-metrics.ts';
import { overviewShape } from './shape-overview.ts';
import { PERSON_SHAPES } from './shape-person.ts';
import { policyShapes } from './shape-policy.ts';
import { SCHEDULE_SHAPES } from './shape-schedule.ts';
import { SETTING_SHAPES } from './shape-setting.ts';
import { TEMPLATE_SHAPES } from './shape-template.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const maybeTime = time.nullable();
const id = z.string().min(1);
const channel = z.enum(CHANNELS);
const pushedChannel = z.enum(PUSHED_CHANNELS);
const status = z.enum(['open', 'acknowledged', 'resolved', 'cancelled', 'expired']);
const anything = z.record(z.string(), z.unknown());

const followUp = z.strictObject({
  id,
  policy: z.strictObject({ id, version: z.int() }),
  key: z.string(),
  status,
  outcome: z.string().nullable(),
  urgency: z.enum(['low', 'normal', 'high', 'urgent']),
  subject: z.strictObject({ type: z.string(), id: z.string(), title: z.string(), url: z.string().nullable() }),
  data: anything,
  assignee: id.nullable().describe('who is asked to act; of several the first who has not answered'),
  assignees: z.array(id).describe('all who are asked together (`require`); empty where one is'),
  answers: z
    .record(z.string(), z.strictObject({ action: z.string(), at: time, answer: z.unknown() }))
    .describe("what who answered with the policy's own actions"),
  requester: id.nullable(),
  team: id.nullable(),
  watchers: z.array(id),
  dueAt: maybeTime,
  stage: z.string().nullable().describe('the last stage that ran'),
  nextAt: maybeTime,
  nextStage: z.string().nullable(),
  waitsFor: z.string().nullable().describe('why nothing is planned by the clock'),
  snoozedUntil: maybeTime,
  commitment: z.strictObject({ dueAt: time, by: id.nullable() }).nullable(),
  claim: z
    .strictObject({ by: id.nullable(), at: time, until: time })
    .nullable()
    .describe('said to be done by somebody who may not close it; to be confirmed'),
  escalationLevel: z.int(),
  openedAt: time,
  acknowledgedAt: maybeTime,
  acknowledgedBy: id.nullable(),
  resolvedAt: maybeTime,
  resolvedBy: id.nullable(),
  closedAt: maybeTime,
  generation: z.int().min(1),
  revision: z.int().min(1),
});

const timelineItem = z.strictObject({
  at: time,
  kind: z.string(),
  reason: z.string(),
  text: z.string().describe('one English sentence'),
  stage: z.string().optional(),
  recipient: id.optional(),
  channel: channel.optional(),
  message: id.optional(),
  actor: z.string().optional(),
  evidence: z.enum(['machine', 'likely', 'proven']).optional(),
  data: anything.optional(),
});

const message = z.strictObject({
  id,
  followUp: id,
  stage: z.string(),
  recipient: id,
  channel,
  connection: z.string().nullable(),
  provider: z
    .string()
    .nullable()
    .describe('which took it, `mailbox` where it was captured; null: none did yet, or nobody knows'),
  status: z.enum([
    'planned',
    'deferred',
    'queued',
    'leased',
    'sending',
    'accepted',
    'delivered',
    'suppressed',
    'revoked',
    'merged',
    'failed',
    'bounced',
    'uncertain',
  ]),
  reason: z.string(),
  engagement: z
    .array(
      z.object({
        kind: z.string().describe('opened, clicked, read, replied, acted, complained, unsubscribed'),
        evidence: z.enum(['machine', 'likely', 'proven']),
        at: time.describe('when it was first so'),
        count: z.int().describe('how often, as far as it is counted'),
      }),
    )
    .describe('what was done with it: each kind once for each evidence that a person did it'),
  attempts: z.int(),
  plannedAt: time,
  sentAt: maybeTime,
  sendAt: time.optional().describe('while it waits: when it goes'),
  mergedInto: id.optional().describe('the message that it went in with others'),
  content: z
    .looseObject({ subject: z.string().optional(), html: z.string().optional(), text: z.string() })
    .nullable()
    .describe('null until it is rendered'),
});

const replyMeaning = z.strictObject({
  kind: z.enum(['done', 'commit', 'snooze', 'delegate', 'stop', 'not_mine', 'wrong_person', 'acknowledge', 'unclear']),
  confidence: z.number(),
  by: time.optional(),
  until: time.optional(),
  action: z.string().optional(),
});
const reply = z.strictObject({
  id,
  followUp: id,
  message: id.describe('the message that it answers'),
  channel,
  from: z.string().describe('the address that it came from'),
  recipient: id.nullable().describe('who that is; null: nobody is known by it'),
  evidence: z
    .enum(['machine', 'likely', 'proven'])
    .nullable()
    .describe('how surely they answered this message; null: nothing proves it'),
  at: time,
  kind: z.enum(['human', 'automatic']),
  subject: z.string().nullable(),
  text: z.string().describe('what is new in it'),
  meaning: replyMeaning.nullable().describe('as it was understood; null of a program'),
  became: z.enum(['command', 'opted_out', 'conversation', 'nothing']),
  why: z.string().nullable().describe('of what became a conversation, or nothing'),
  command: z.string().nullable().describe('the command that it became'),
  status: z.enum(['open', 'answered', 'closed']),
  answers: z.array(z.strictObject({ at: time, by: id.nullable(), text: z.string(), message: id })),
  closedAt: maybeTime,
  closedBy: id.nullable(),
});

const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  time: z.string().optional(),
  subject: z.string().optional(),
  data: z.unknown().optional(),
});
const match = z.strictObject({
  policy: id,
  key: z.string().nullable(),
  role: z.string(),
  followUp: id.nullable(),
  result: z.string(),
  detail: z.string().optional(),
});

const erasure = z.strictObject({
  id,
  status: z.enum(['running', 'done']),
  step: z.string(),
  counts: z.record(z.string(), z.int()),
  askedAt: time,
  doneAt: maybeTime,
});
const spread = z.strictObject({ n: z.int(), median: z.number(), p90: z.number(), max: z.number() });
const counts = z.record(z.string(), z.int());
const simulation = z.strictObject({
  policy: z.strictObject({ id, version: z.int() }),
  event: anything.describe('as given, or as invented'),
  items: z.array(timelineItem),
  truncated: z.boolean().describe('too long, or took too long: the rest is missing'),
  messages: z.array(
    z.strictObject({
      id,
      stage: z.string(),
      run: z.int(),
      recipient: id,
      channel,
      status: z.string(),
      reason: z.string(),
      sentAt: maybeTime,
    }),
  ),
  outcome: z.strictObject({
    status,
    outcome: z.string().nullable(),
    end: z.enum(['closed', 'waits', 'until', 'truncated']).describe('waits: nothing more happens by the clock'),
    endedAt: time,
    waitsFor: z.string().nullable(),
  }),
  followUp,
  alarms: z.array(z.strictObject({ reason: z.string(), stage: z.string().nullable(), text: z.string() })),
  invented: z.array(id).describe('who is not in the directory, so that somebody reachable stands in'),
  notes: z.array(z.string()),
  people: z.array(z.strictObject({ id, name: z.string().nullable(), timeZone: z.string(), invented: z.boolean() })),
  report: z
    .strictObject({
      runs: z.int(),
      seed: z.int(),
      ends: z.strictObject({
        resolved: z.int(),
        cancelled: z.int(),
        expired: z.int(),
        exhausted: z.int(),
        open: z.int(),
      }),
      escalated: z.number().describe('share of the runs'),
      messages: spread.extend({ total: z.int(), byChannel: counts, byStage: counts }),
      firstResponse: spread.nullable().describe('seconds from the opening'),
      resolution: spread.nullable().describe('seconds from the opening'),
    })
    .nullable()
    .describe('of many runs; the items are those of the first'),
});

const commandAnswer = followUp.extend({ changed: z.boolean(), inFlight: z.array(id) });
/** By name, as openapi.json has them. */
export const SHAPES = {
  Channel: channel,
  PushedChannel: pushedChannel,
  FollowUpStatus: status,
  ...PERSON_SHAPES,
  ...INBOX_SHAPES,
  ...SCHEDULE_SHAPES,
  ...TEMPLATE_SHAPES,
  ...METRIC_SHAPES,
  ...SETTING_SHAPES,
  Overview: overviewShape,
  FollowUp: followUp,
  CommandAnswer: commandAnswer,
  OpenAnswer: commandAnswer.extend({ opened: z.boolean().describe('false: a live one had the key, and was fed') }),
  TimelineItem: timelineItem,
  Message: message,
  Explanation: z.strictObject({
    id,
    status,
    summary: z.string(),
    next: z.strictObject({ at: maybeTime, stage: z.string().nullable(), text: z.string() }),
    held: z
      .array(
        z.strictObject({
          message: id,
          stage: z.string(),
          recipient: z.string(),
          channel: z.string(),
          until: time,
          heldBy: z.enum(HELD_BY),
        }),
      )
      .describe('messages that wait until they may be sent, the soonest first'),
    ifAcknowledged: z
      .strictObject({
        until: maybeTime,
        next: z.strictObject({ at: maybeTime, stage: z.string().nullable() }),
        text: z.string(),
      })
      .nullable()
      .describe('what would happen if somebody acknowledged it now; null where that would change nothing'),
    stages: z.array(
      z.strictObject({
        stage: z.string(),
        status: z.string(),
        runs: z.int(),
        extraRuns: z.int(),
        firstAt: maybeTime,
        lastAt: maybeTime,
        awaitingHandOver: z.boolean(),
      }),
    ),
    notSent: z.array(timelineItem),
    history: z.array(z.string()),
  }),
  EventsAnswer: z.strictObject({
    accepted: z.int(),
    duplicates: z.int(),
    rejected: z.array(z.strictObject({ index: z.int(), code: z.string(), detail: z.string() })),
    unmatched: z
      .array(
        z.strictObject({
          index: z.int(),
          code: z.enum(['no_policy_listens', 'condition_false', 'no_follow_up', 'expression_failed']),
          detail: z.string(),
        }),
      )
      .describe('accepted, but without effect for a policy, and why'),
    activities: z
      .array(z.strictObject({ index: z.int(), recipient: id, type: z.string() }))
      .describe('recorded as activity of a recipient, as the mapping of relance.yaml says'),
    followUps: z.array(z.strictObject({ id, policy: id, key: z.string(), status })),
  }),
  ReceiptsAnswer: z.strictObject({
    placed: z
      .int()
      .describe('items whose message was found: what they tell is recorded with it, news that was told before once'),
    kept: z
      .int()
      .describe(
        'items whose message is not recorded yet; tried again for an hour. What is in neither number is about no message of this tenant, and is forgotten',
      ),
  }),
  Event: z.strictObject({
    id: z.string().describe('the event’s own id'),
    ref: id.describe('our id, unique across sources'),
    source: z.string(),
    type: z.string(),
    receivedAt: time,
    matched: z.boolean(),
    matches: z.array(match),
    activities: z
      .array(z.strictObject({ recipient: id, type: z.string() }))
      .describe('whose activity it was recorded as'),
    why: z.string().optional().describe('why it had no effect at all'),
    event: cloudEvent,
  }),
  Suppression: z.strictObject({
    channel: pushedChannel,
    address: z.string().describe('as addresses are compared'),
    source: z.enum(SUPPRESSION_SOURCES),
    reason: z.string().nullable(),
    message: id.nullable().describe('the message whose receipt said so'),
    sender: z.string().nullable().describe('the sender of yours that was told to stop; null: all of them'),
    at: time,
    liftedAt: maybeTime,
    liftedReason: z.string().nullable(),
  }),
  Lifted: z.strictObject({
    channel: pushedChannel,
    address: z.string(),
    reason: z.string(),
    sources: z.array(z.enum(SUPPRESSION_SOURCES)).describe('who had said so'),
    warning: z.string().nullable().describe('where its reader had said so themselves'),
  }),
  SuppressedEndpoint: z.strictObject({
    channel: pushedChannel,
    address: z.string().describe('as addresses are compared'),
    source: z.enum(SUPPRESSION_SOURCES),
    reason: z.string().nullable(),
    sender: z.string().nullable(),
  }),
  SuppressionsAnswer: suppressionsAnswerShape,
  SuppressionImport: suppressionImportShape,
  RecipientsAnswer: recipientsAnswerShape,
  Erasure: erasure,
  ErasureAnswer: erasure.extend({
    named: z
      .strictObject({ policies: z.array(id), schedules: z.array(id) })
      .describe('definitions of yours that name the recipient still'),
  }),
  AuditEntry: z.strictObject({
    id,
    at: time,
    by: id.nullable().describe('the API key; null: Relance itself'),
    action: z.string(),
    about: z.string().nullable().describe('a person or an endpoint by its keyed hash, or the id of a key'),
    data: anything,
  }),
  Reply: reply,
  Simulation: simulation,
  Webhook: z.strictObject({
    id,
    url: z.string(),
    description: z.string().nullable(),
    disabled: z.boolean().describe('nothing is sent to it'),
    disabledAt: maybeTime,
    disabledReason: z.string().nullable(),
    oldSecretUntil: maybeTime.describe('until then the secret before the last rotation is signed with as well'),
    lastSuccessAt: maybeTime,
    lastFailureAt: maybeTime,
    lastFailure: z.string().nullable(),
    failures: z.int().describe('one after the other, since the last success'),
    failingSince: maybeTime,
    createdAt: time,
    secret: z.string().optional().describe('whsec_…, once: when it is made, and when it is rotated'),
  }),
  ...policyShapes,
  ClockAdvanced: z.strictObject({ now: time, steps: z.int() }),
  Clock: z.strictObject({ now: time, mode: z.enum(['real', 'scaled', 'virtual']) }),
} as const;
export type ShapeName = keyof typeof SHAPES;
