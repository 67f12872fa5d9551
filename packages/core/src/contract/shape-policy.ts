// What is answered about policies: as they were written, their versions, how their follow-ups stand, those that come ready, and
// whom one may come to. Part of shape.ts.
import { z } from 'zod';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const id = z.string().min(1);
const count = z.int().min(0);
const anything = z.record(z.string(), z.unknown());
const ids = z.array(id);

const readyPolicy = z.strictObject({ id, title: z.string(), about: z.string() });

export const policyShapes = {
  Policy: z.looseObject({
    id,
    version: z.int(),
    policy: anything,
    text: z
      .string()
      .nullable()
      .optional()
      .describe('the YAML that it was written in, of one policy alone; null where it came as JSON'),
  }),
  PolicyAnswer: z.strictObject({ id, version: z.int(), warnings: z.array(anything) }),
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
    templates: z.array(anything),
    groups: z.array(anything).describe('with example people, to be replaced'),
    schedules: z.array(anything).describe('with example people, to be replaced'),
    calendars: z.array(anything),
    recipients: z.array(anything).describe('the example people'),
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
