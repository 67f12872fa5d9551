// What CEL sees (POLICY.md), as one table: which names there are, what each has, its type for the checker, and how the
// engine's own data gives it. draft.ts builds what a running stage sees from here, so that what is checked at publication
// is what is there at run time. A name that is typed here but not built yet is refused in compile-text.ts.

import { ENGAGEMENTS } from '../engagement.ts';
import type { FollowUp, Subject } from '../follow-up.ts';
import type { Recipient } from '../recipient.ts';
import {
  BOOL,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  nullable,
  oneOf,
  type RecordType,
  STRING,
  TIMESTAMP,
  type Type,
  union,
} from './cel-type.ts';
import { parseDuration } from './duration.ts';

/** The names an expression may use, with their types. */
export type Scope = Readonly<Record<string, Type>>;

interface Field<From> {
  readonly type: Type;
  /** Moments are milliseconds since 1970, in fields that end in `At`. */
  readonly of: (from: From) => unknown;
}
type Fields<From> = Readonly<Record<string, Field<From>>>;

const typesOf = <From>(fields: Fields<From>): Readonly<Record<string, Type>> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.type]));
const seen =
  <From>(fields: Fields<From>) =>
  (from: From): Readonly<Record<string, unknown>> =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.of(from)]));

const TEXT_OR_NULL = nullable(STRING);
const URGENCY = oneOf(['low', 'normal', 'high', 'urgent']);

const FOLLOW_UP: Fields<FollowUp> = {
  id: { type: STRING, of: (one) => one.id },
  key: { type: STRING, of: (one) => one.key },
  status: {
    type: oneOf(['open', 'acknowledged', 'resolved', 'cancelled', 'expired'] satisfies FollowUp['status'][]),
    of: (one) => one.status,
  },
  urgency: { type: URGENCY, of: (one) => one.urgency },
  assignee: { type: TEXT_OR_NULL, of: (one) => one.assignee },
  escalationLevel: { type: INT, of: (one) => one.escalationLevel },
  generation: { type: INT, of: (one) => one.generation },
  stage: { type: TEXT_OR_NULL, of: (one) => one.stage },
  openedAt: { type: TIMESTAMP, of: (one) => one.openedAt },
  dueAt: { type: nullable(TIMESTAMP), of: (one) => one.dueAt },
  acknowledgedAt: { type: nullable(TIMESTAMP), of: (one) => one.acknowledgedAt },
  snoozes: { type: INT, of: (one) => one.snoozes },
  acknowledgements: { type: INT, of: (one) => one.acknowledgements },
};
export const followUpSeen = seen(FOLLOW_UP);

const SUBJECT = {
  type: { type: STRING, of: (one) => one.type },
  id: { type: STRING, of: (one) => one.id },
  title: { type: STRING, of: (one) => one.title },
  url: { type: TEXT_OR_NULL, of: (one) => one.url },
} satisfies Record<keyof Subject, Field<Subject>>;
export const subjectSeen = seen<Subject>(SUBJECT);

const LOCATION: RecordType = {
  kind: 'record',
  name: 'a location',
  fields: { country: TEXT_OR_NULL, region: TEXT_OR_NULL, city: TEXT_OR_NULL },
};
const ENDPOINT: RecordType = { kind: 'record', name: 'an endpoint', fields: { channel: STRING, address: STRING } };
const PLAN: RecordType = { kind: 'record', name: 'a contact plan', fields: { normal: DYN, urgent: DYN } };

/** DESIGN §5, as far as the engine gathers it: a field that a recipient gets must be given a type here. */
const record = (name: string, fields: Readonly<Record<string, Type>>, more: Partial<RecordType> = {}): RecordType => ({
  kind: 'record',
  name,
  fields,
  ...more,
});

const AWAY = record('a period', { from: STRING, to: STRING, delegate: TEXT_OR_NULL });

const RECIPIENT = {
  id: { type: STRING, of: (one) => one.id },
  name: { type: TEXT_OR_NULL, of: (one) => one.name },
  email: { type: TEXT_OR_NULL, of: (one) => one.email },
  phone: { type: TEXT_OR_NULL, of: (one) => one.phone },
  locale: { type: TEXT_OR_NULL, of: (one) => one.locale },
  timeZone: { type: TEXT_OR_NULL, of: (one) => one.timeZone },
  location: { type: nullable(LOCATION), of: (one) => one.location },
  manager: { type: TEXT_OR_NULL, of: (one) => one.manager },
  traits: { type: mapOf(STRING, DYN), of: (one) => one.traits },
  endpoints: { type: listOf(ENDPOINT), of: (one) => one.endpoints },
  plan: { type: PLAN, of: (one) => one.plan },
  away: { type: listOf(AWAY), of: (one) => one.away },
} satisfies Record<Exclude<keyof Recipient, 'preferences'>, Field<Recipient>>;
export const recipientSeen = seen<Recipient>(RECIPIENT);

/** The attributes of CloudEvents 1.0. Extensions have names of lower-case letters and digits, and any value. */
const EVENT = record(
  'an event',
  {
    id: STRING,
    source: STRING,
    type: STRING,
    specversion: STRING,
    time: STRING,
    subject: STRING,
    datacontenttype: STRING,
    dataschema: STRING,
    data: DYN,
    data_base64: STRING,
  },
  { others: /^[a-z0-9]+$/, elsewhere: 'What your system sends is in `event.data`.' },
);

const ACTIVITY = record(
  'the activity',
  {},
  {
    methods: {
      last: {
        parameters: [STRING],
        result: nullable(
          record('an activity', { type: STRING, at: TIMESTAMP, data: DYN, location: nullable(LOCATION) }),
        ),
        usage: "activity.last('com.acme.login')",
      },
      count: {
        parameters: [STRING, union([STRING, DURATION])],
        result: INT,
        usage: "activity.count('com.acme.login', '30 days')",
        readsText: (index, text) => (index === 1 ? windowProblem(text) : null),
      },
    },
  },
);

function windowProblem(text: string): string | null {
  const read = parseDuration(text);
  return read.ok ? null : `In the window "${text}" ${read.message}.`;
}

const PENDING = listOf(
  record('a pending follow-up', {
    id: STRING,
    policy: STRING,
    key: STRING,
    title: STRING,
    urgency: URGENCY,
    dueAt: nullable(TIMESTAMP),
    url: TEXT_OR_NULL,
  }),
);

/** Each kind of engagement by how surely a person did it: never a plain yes or no. */
const engaged = (name: string): RecordType =>
  record(
    `the evidence of ${name}`,
    { machine: BOOL, likely: BOOL, proven: BOOL },
    {
      hint: `A raw \`${name}\` never proves a person; write \`engagement.${name}.likely\` or \`engagement.${name}.proven\`.`,
    },
  );
const ENGAGEMENT = record('the engagement', Object.fromEntries(ENGAGEMENTS.map((name) => [name, engaged(name)])), {
  noLoop: `Write which engagement is meant and how sure it must be, as in \`engagement.acted.proven\`.`,
});

const PERSON = nullable(record('a recipient', typesOf<Recipient>(RECIPIENT)));
const DATA = mapOf(STRING, DYN);

/** In clauses, and in the policy's `key` and `data`. */
export const EVENT_SCOPE: Scope = { event: EVENT };
/** In what is read when a follow-up opens. */
export const OPENING_SCOPE: Scope = { event: EVENT, data: DATA, now: TIMESTAMP };
/** In the `when` of a stage. */
export const STAGE_SCOPE: Scope = {
  data: DATA,
  subject: record('a subject', typesOf<Subject>(SUBJECT)),
  followUp: record('a follow-up', typesOf(FOLLOW_UP)),
  assignee: PERSON,
  recipient: PERSON,
  activity: ACTIVITY,
  pending: PENDING,
  engagement: ENGAGEMENT,
  now: TIMESTAMP,
};
