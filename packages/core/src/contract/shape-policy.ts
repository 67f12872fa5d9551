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
