// What is answered about policies: as they were written, their versions, how their follow-ups stand, those that come ready, and
// whom one may come to. Part of shape.ts.
import { z } from 'zod';
import { PROBLEM_CODES } from '../policy/problem.ts';
import { groupShape, recipientShape } from './shape-person.ts';
import { calendarShape, scheduleShape } from './shape-schedule.ts';
import { templateShape } from './shape-template.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const id = z.string().min(1);
const count = z.int().min(0);
const anything = z.record(z.string(), z.unknown());
const ids = z.array(id);

const readyPolicy = z.strictObject({ id, title: z.string(), about: z.string() });

const problem = z.strictObject({
  code: z.enum(Object.keys(PROBLEM_CODES) as [keyof typeof PROBLEM_CODES]),
  path: z.string().describe('where in the policy: `stages[2].at`; empty for the whole of it'),
  message: z.string(),
  at: z.int().optional().describe('the character of the value, counted from 0'),
  line: z.int().optional().describe('counted from 1, where the policy was sent as YAML'),
  column: z.int().optional(),
  severity: z.enum(['error', 'warning']),
});

const pictureNotice = z.strictObject({
  to: z.array(z.string()),
  via: z
    .array(z.string())
    .describe('`email`, `sms after 2 hours`, `email if all else fails`; `their own plan`, which is their preference'),
  template: z.string().nullable().describe('null: the built-in words'),
});
const pictureStage = z.strictObject({
  id,
  role: z.string(),
  at: z.string().describe('as it is written: `due - 3 business days`; of an event its type'),
  byEvent: z.boolean(),
  when: z.string().nullable(),
  hours: z.array(z.string()),
  repeat: z.string().nullable(),
  goesOnAcknowledged: z.boolean(),
  urgency: z.string().nullable(),
  notices: z.array(pictureNotice),
  escalates: z.strictObject({ to: z.array(z.string()), mode: z.string(), raise: z.string().nullable() }).nullable(),
  runs: z
    .array(
      z.strictObject({
        at: time,
        sent: z
          .array(z.strictObject({ channel: z.string(), at: time }))
          .describe('what was handed over: each channel once, with the first time'),
        heldBy: z.string().nullable().describe('by what a message waited for its hour'),
      }),
    )
    .describe('the first in the example; none where it does not run there'),
  runsMore: z.int().describe('how many come after those'),
});

export const policyShapes = {
  Policy: z.strictObject({
    id,
    version: z.int(),
    deleted: z.boolean(),
    policy: anything,
    text: z.string().nullable().describe('the YAML that it was written in; null where it came as JSON'),
  }),
  ListedPolicy: z.strictObject({ id, version: z.int(), title: z.string(), policy: anything }),
  PolicyProblem: problem,
  PolicyCheck: z.strictObject({
    ok: z.boolean(),
    id: id.optional(),
    errors: z.array(problem),
    warnings: z.array(problem),
    proofs: z
      .array(z.strictObject({ claim: z.string(), holds: z.boolean(), text: z.string() }))
      .describe('what is proved of it, or refuted: then it is among the warnings too'),
  }),
  PolicyAnswer: z.strictObject({ id, version: z.int(), warnings: z.array(problem) }),
  PolicyVersion: z.strictObject({
    version: z.int(),
    createdAt: time,
    createdBy: z.string().nullable().describe('the id of the key it was published with, `bootstrap`, or `project`'),
    createdByName: z.string().nullable().describe('what that key is called'),
  }),
  PolicyPicture: z
    .strictObject({
      id,
      title: z.string(),
      description: z.string(),
      opens: z.array(z.string()),
      updates: z.array(z.string()),
      closes: z.array(z.string()),
      asks: z.string(),
      fallback: z.string().nullable(),
      urgency: z.string(),
      category: z.string(),
      stages: z.array(pictureStage),
      closing: z.array(
        z.strictObject({ when: z.enum(['resolved', 'cancelled', 'expired']), notices: z.array(pictureNotice) }),
      ),
      example: z
        .strictObject({
          openedAt: time,
          dueAt: time.nullable(),
          endedAt: time,
          end: z.enum(['closed', 'waits', 'until', 'truncated']),
          zone: z.string(),
        })
        .nullable()
        .describe('null where no invented event opens it'),
    })
    .describe('what it says, in words, and when its stages would run and speak in an example in which nobody answers'),
  PolicyStanding: z
    .strictObject({
      policy: id,
      open: count,
      acknowledged: count,
      overdue: count.describe('of both: the due date has passed'),
      attention: count.describe('of both: they go no further by themselves'),
    })
    .describe('live follow-ups of a policy that has any'),
  ReadyPolicy: readyPolicy,
  ReadyPolicyWhole: readyPolicy.extend({
    text: z.string().describe('YAML'),
    event: anything.describe('an example of what opens it'),
    templates: z.array(templateShape.omit({ version: true })),
    groups: z.array(groupShape.omit({ version: true })).describe('with example people, to be replaced'),
    schedules: z.array(scheduleShape.omit({ version: true })).describe('with example people, to be replaced'),
    calendars: z.array(calendarShape.omit({ version: true })),
    recipients: z.array(recipientShape).describe('the example people'),
    settings: anything.describe('what it needs of relance.yaml, if anything'),
  }),
  PolicyWorld: z
    .strictObject({
      now: time,
      recipients: z.array(anything),
      groups: z.array(z.strictObject({ id, name: z.string().nullable(), members: ids, size: count })),
      schedules: z.array(z.looseObject({ id })),
      calendar: anything.nullable(),
      activity: z.array(anything),
      tenant: anything,
    })
    .describe('as decisions see them'),
};
