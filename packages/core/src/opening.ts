// What an event says about a follow-up: what a new one begins with, and what changes in a live one. Pure reading;
// clause.ts says whether the event is meant, open.ts makes the row, the engine finds the live one.
//
// A field that an expression misses is not an error where the policy can do without: an absent due date is no due
// date, an absent assignee is nobody (and the fallback's turn), an absent title is the policy's. In an update it means
// "unchanged", of every entry of a `data` that is written out as well. Values of the wrong kind and every other failure
// are refused with a code.
import { endOfDay, officeCalendar } from './calendar.ts';
import {
  clauseMatches,
  fail,
  type OpeningFailure,
  type PolicyEvent,
  type Read,
  readOptional,
  readText,
  readValue,
} from './clause.ts';
import type { Subject } from './follow-up.ts';
import type { Facts } from './input.ts';
import { fromRfc3339, type Instant, instant } from './instant.ts';
import type { Beginning } from './open.ts';
import {
  kindOf,
  type LeftOut,
  type PeopleRead,
  type RecipientInput,
  type RefusalOf,
  readId,
  readIds,
  readPeople,
} from './opening-people.ts';
import type { Condition } from './policy/condition.ts';
import { opensForEach, type Policy } from './policy/policy.ts';
import { isDate } from './timing.ts';

export type { LeftOut, RecipientInput } from './opening-people.ts';

const TITLE_MAX = 500;
const SUBJECT_ID_MAX = 512;
const URL_MAX = 2_048;
export const ASSIGNEES_MAX = 1_000;
/** More than that do not decide one thing together. */
export const SHARED_MAX = 100;
export const WATCHERS_MAX = 100;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Opening {
  readonly subject: Subject;
  readonly data: Readonly<Record<string, unknown>>;
  /** In their order, without doubles; one for `assignee`, empty for nobody. Objects are to be created or updated. */
  readonly assignees: readonly (string | RecipientInput)[];
  /** What was not taken of them. */
  readonly leftOut: readonly LeftOut[];
  readonly requester: string | null;
  readonly team: string | null;
  readonly watchers: readonly string[];
  readonly dueAt: Instant | null;
  /** `2026-12-01` where that is all that was said. */
  readonly dueDay: string | null;
}

/** Whom each follow-up of an opening asks: everybody their own, or all of them one together where the policy says how many must answer. */
export function asksOf(policy: Policy, { assignees }: Pick<Opening, 'assignees'>): readonly [Asks, ...Asks[]] {
  const [first = null, ...others] = assignees.map((one) => (typeof one === 'string' ? one : one.id));
  if (policy.require !== null)
    return [{ assigneeKey: '', assignee: first, assignees: first === null ? [] : [first, ...others] }];
  const own = (id: string | null): Asks => ({ assigneeKey: opensForEach(policy) ? (id ?? '') : '', assignee: id });
  return [own(first), ...others.map(own)];
}
/** For the line that tells of its opening: what of whom it asks was not taken; nothing where all was. */
export function leftOutOf({ leftOut }: Pick<Opening, 'leftOut'>, asks: Asks): { readonly leftOut?: readonly string[] } {
  const asked = [asks.assignee, ...(asks.assignees ?? [])];
  const details = leftOut.filter(({ recipient }) => asked.includes(recipient)).map(({ detail }) => detail);
  return details.length === 0 ? {} : { leftOut: details };
}
export type Asks = Pick<Beginning, 'assigneeKey' | 'assignee' | 'assignees'>;

/** What a caller said in its own words, so that no expression is asked. */
export interface OpeningGiven {
  readonly key?: string;
  readonly subject?: {
    readonly type?: string;
    readonly id?: string;
    readonly title?: string;
    readonly url?: string | null;
  };
  readonly assignees?: readonly (string | RecipientInput)[];
  readonly requester?: string | null;
  readonly team?: string | null;
  readonly watchers?: readonly string[];
  readonly dueAt?: Instant | null;
  /** A date: until its end, as in an event, where `dueAt` does not say when that is. */
  readonly dueDay?: string | null;
}

export interface OpeningOptions {
  /** Where a due date without a time is over at 17:00, unless the policy has a calendar with hours and a zone of its own. */
  readonly tenantZone: string;
  /** What `now` is in expressions; the event's own time when not given. */
  readonly now?: Instant;
  readonly given?: OpeningGiven;
  /** Of webhooks of people whom the event brings along; everything may be sent to where it is not given. */
  readonly refusalOf?: RefusalOf;
}

/** What a new follow-up begins with, from an event. */
export function readOpening(
  policy: Policy,
  event: PolicyEvent,
  options: OpeningOptions,
): { readonly ok: true; readonly opening: Opening } | OpeningFailure {
  const { given = {} } = options;
  const data = readData(policy, event, policy.data?.evaluate);
  if (!data.ok) return data;
  const scope = { event, data: data.value, now: options.now ?? timeOf(event) };
  const subject = readSubject(policy, event, scope, given);
  if (!subject.ok) return subject;
  const assignees =
    given.assignees === undefined
      ? readAssignees(policy, scope, options.refusalOf)
      : ({ ok: true, value: { people: given.assignees, leftOut: [] } } as const);
  if (!assignees.ok) return assignees;
  const requester =
    given.requester === undefined
      ? readPerson(policy.requester, scope, 'requester')
      : ({ ok: true, value: given.requester } as const);
  if (!requester.ok) return requester;
  const team = given.team === undefined ? readTeam(policy, scope) : ({ ok: true, value: given.team } as const);
  if (!team.ok) return team;
  const watchers =
    given.watchers === undefined ? readWatchers(policy, scope) : ({ ok: true, value: given.watchers } as const);
  if (!watchers.ok) return watchers;
  const due = readGivenDue(policy, given, options.tenantZone) ?? readDue(policy, scope, options.tenantZone);
  if (!due.ok) return due;
  return {
    ok: true,
    opening: {
      subject: subject.value,
      data: data.value,
      assignees: assignees.value.people,
      leftOut: assignees.value.leftOut,
      requester: requester.value,
      team: team.value,
      watchers: watchers.value,
      ...(due.value ?? NO_DUE),
    },
  };
}

/** What an event says about a live follow-up: its data as far as it speaks of it, and its due date where it has one. */
export function readFacts(
  policy: Policy,
  event: PolicyEvent,
  options: Pick<OpeningOptions, 'tenantZone' | 'now'>,
): { readonly ok: true; readonly facts: Facts } | OpeningFailure {
  const data = readData(policy, event, policy.data?.evaluatePresent ?? policy.data?.evaluate);
  if (!data.ok) return data;
  // "Due three days from now" was said at the opening; an update does not say it again.
  if (policy.due?.names?.includes('now') === true) return { ok: true, facts: { data: data.value } };
  const due = readDue(policy, { event, data: data.value, now: options.now ?? timeOf(event) }, options.tenantZone);
  if (!due.ok) return due;
  return { ok: true, facts: { data: data.value, ...due.value } };
}

const timeOf = (event: PolicyEvent): Instant | null =>
  typeof event.time === 'string' ? fromRfc3339(event.time) : null;

function readData(
  policy: Policy,
  event: PolicyEvent,
  evaluate: Condition['evaluate'] | undefined,
): Read<Readonly<Record<string, unknown>>> {
  if (policy.data === null || evaluate === undefined) {
    const own = event.data ?? {};
    return isRecord(own)
      ? { ok: true, value: own }
      : fail(
          'data_invalid',
          `The data of the event is ${kindOf(own)}, not a map; send a map, or give the policy a \`data\` expression.`,
        );
  }
  const result = evaluate({ event });
  if (!result.ok) return fail('expression_failed', `The expression for \`data\` failed: ${result.detail}.`);
  return isRecord(result.value)
    ? { ok: true, value: result.value }
    : fail('data_invalid', `The expression for \`data\` gives ${kindOf(result.value)}, not a map.`);
}

function readSubject(
  policy: Policy,
  event: PolicyEvent,
  scope: PolicyEvent,
  { subject: given = {}, key }: OpeningGiven,
): Read<Subject> {
  const id =
    given.id === undefined
      ? readOptional(policy.subject.id, scope, 'subject.id')
      : ({ ok: true, value: given.id } as const);
  if (!id.ok) return id;
  const title =
    given.title === undefined
      ? readOptional(policy.subject.title, scope, 'subject.title')
      : ({ ok: true, value: given.title } as const);
  if (!title.ok) return title;
  const url =
    given.url === undefined
      ? readOptional(policy.subject.url, scope, 'subject.url')
      : ({ ok: true, value: given.url } as const);
  if (!url.ok) return url;
  const own = id.value ?? key ?? keyOfOpening(policy, event);
  if (own.length > SUBJECT_ID_MAX)
    return fail('subject_invalid', `The subject's id has ${own.length} characters; it may have ${SUBJECT_ID_MAX}.`);
  return {
    ok: true,
    value: {
      type: given.type ?? policy.subject.type,
      id: own,
      title: cut(title.value ?? policy.title),
      url: webAddress(url.value),
    },
  };
}

/** The key that the event opened with: of the open clause that means it, else the policy's. */
function keyOfOpening(policy: Policy, event: PolicyEvent): string {
  const clause = policy.clauses.find((one) => one.role === 'open' && clauseMatches(one, event).kind === 'matches');
  const read = readText(clause?.key ?? policy.key, { event }, 'key');
  return read.ok && read.value !== null ? read.value : policy.id;
}

const cut = (title: string): string =>
  title.length <= TITLE_MAX ? title : `${title.slice(0, TITLE_MAX - 1).toWellFormed()}…`;

/** Subjects are linked in mails: anything but a web address (`javascript:`, a path) is no link. */
export function webAddress(text: string | null): string | null {
  if (text === null || text.length > URL_MAX || !/^https?:\/\//i.test(text)) return null;
  return URL.canParse(text) ? text : null;
}

function readAssignees(policy: Policy, scope: PolicyEvent, refusalOf: RefusalOf | undefined): Read<PeopleRead> {
  const what = policy.assignees === null ? 'assignee' : 'assignees';
  const condition = policy.assignees ?? policy.assignee;
  if (condition === null) return { ok: true, value: { people: [], leftOut: [] } };
  const read = readValue(condition, scope, what);
  if (!read.ok) return read;
  if (what === 'assignee' && Array.isArray(read.value))
    return fail(
      'assignee_invalid',
      'The expression for `assignee` gives a list; use `assignees` to open one follow-up for each.',
    );
  const people = readPeople(read.value, policy.require === null ? ASSIGNEES_MAX : SHARED_MAX, refusalOf);
  return people.ok
    ? people
    : fail('assignee_invalid', `The expression for \`${what}\` cannot be used: ${people.detail}.`);
}

function readPerson(condition: Condition | null, scope: PolicyEvent, what: string): Read<string | null> {
  if (condition === null) return { ok: true, value: null };
  const read = readValue(condition, scope, what);
  if (!read.ok) return read;
  const id = readId(read.value);
  return id.ok ? id : fail('person_invalid', `The expression for \`${what}\` cannot be used: ${id.detail}.`);
}

function readTeam(policy: Policy, scope: PolicyEvent): Read<string | null> {
  if (policy.team === null) return { ok: true, value: null };
  return policy.team.kind === 'id'
    ? { ok: true, value: policy.team.id }
    : readPerson(policy.team.condition, scope, 'team');
}

function readWatchers(policy: Policy, scope: PolicyEvent): Read<readonly string[]> {
  if (policy.watchers === null) return { ok: true, value: [] };
  const read = readValue(policy.watchers, scope, 'watchers');
  if (!read.ok) return read;
  const ids = readIds(read.value, WATCHERS_MAX);
  return ids.ok ? ids : fail('person_invalid', `The expression for \`watchers\` cannot be used: ${ids.detail}.`);
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

type Due = Pick<Opening, 'dueAt' | 'dueDay'>;
const NO_DUE: Due = { dueAt: null, dueDay: null };

/** Null where nobody gave one. */
function readGivenDue(policy: Policy, { dueAt, dueDay = null }: OpeningGiven, tenantZone: string): Read<Due> | null {
  if (dueAt !== undefined) return { ok: true, value: { dueAt, dueDay } };
  return dueDay === null ? null : dueOf(policy, dueDay, tenantZone);
}

/** The due date, empty when there is none; undefined when the event does not speak of it. */
function readDue(policy: Policy, scope: PolicyEvent, tenantZone: string): Read<Due | undefined> {
  if (policy.due === null) return { ok: true, value: undefined };
  const read = readValue(policy.due, scope, 'due');
  if (!read.ok) return fail('due_date_invalid', read.detail);
  const { value } = read;
  if (value === undefined || value === null || value === '')
    return { ok: true, value: value === undefined ? undefined : NO_DUE };
  if (typeof value !== 'string')
    return fail(
      'due_date_invalid',
      `The due date is ${kindOf(value)}; send RFC 3339 text such as "2026-12-01T09:00:00Z", or a date such as "2026-12-01".`,
    );
  return dueOf(policy, value, tenantZone);
}

/** A day is over when the office of the policy's calendar, else of the tenant's zone, closes. */
function dueOf(policy: Policy, value: string, tenantZone: string): Read<Due> {
  const day = isDate(value) ? value : null;
  const at = day !== null ? endOfDay(policy.calendar ?? officeCalendar(tenantZone), day) : fromRfc3339(value);
  if (at === null)
    return fail(
      'due_date_invalid',
      `The due date "${value.slice(0, 60)}" does not exist; send RFC 3339 text with an offset, such as "2026-12-01T09:00:00Z", or a date such as "2026-12-01".`,
    );
  if (at < EARLIEST || at > LATEST)
    return fail(
      'due_date_invalid',
      `The due date "${value.slice(0, 60)}" is outside the years 1970 to 9999; correct it.`,
    );
  return { ok: true, value: { dueAt: instant(at), dueDay: day } };
}
