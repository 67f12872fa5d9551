// The people, groups, schedules and calendars of a test of one's own (testing.ts), as a project folder writes them in
// `directory/*.yaml`. Whatever would have no effect, or another one than is meant, is said with its place and not passed over.
import { z } from 'zod';
import { calendarYears, needsHolidayBook, readCalendar } from './calendar-reading.ts';
import type { HolidayBook } from './holidays.ts';
import type { Instant } from './instant.ts';
import { didYouMean } from './policy/nearest.ts';
import { type Policy, withCalendar } from './policy/policy.ts';
import { formatPath, type Path } from './policy/problem.ts';
import { calendarSchema } from './policy/schema-calendar.ts';
import { id } from './policy/schema-text.ts';
import { readPreferredPlan } from './preferred-plan.ts';
import { blankRecipient, type Directory, type Recipient } from './recipient.ts';
import { compileSchedule } from './schedule.ts';
import { scheduleSchema } from './schedule-schema.ts';

/** A recipient as written in `directory/*.yaml`; what is left out is not there. */
export type WrittenPerson = Partial<Omit<Recipient, 'plan'>> & {
  readonly id: string;
  readonly plan?: { readonly normal?: readonly unknown[]; readonly urgent?: readonly unknown[] };
};

const groupsSchema = z.array(
  z.strictObject({
    id: id('the id of a group'),
    name: z.string().nullish(),
    members: z.array(z.string()).readonly(),
  }),
);
const schedulesSchema = z.array(scheduleSchema.required({ id: true }));
const calendarsSchema = z.array(calendarSchema.extend({ id: id('the name of a calendar') }));

type Lists<Written extends z.ZodType> = Readonly<z.input<Written>>;

export interface TestWorld {
  readonly people?: readonly WrittenPerson[];
  readonly groups?: Lists<typeof groupsSchema>;
  readonly schedules?: Lists<typeof schedulesSchema>;
  /** Those that policies name. */
  readonly calendars?: Lists<typeof calendarsSchema>;
  /** What loadHolidays() gives: for calendars with the holidays of a country. */
  readonly holidays?: HolidayBook;
}

export interface TestProblem {
  readonly path: string;
  readonly message: string;
}
export const wrong = (problems: readonly TestProblem[]): Error =>
  new Error(problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n'));

/** What the schema makes of it; every mistake is thrown with its place, under the option's name. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { option, keys = [] }: { readonly option: string; readonly keys?: readonly string[] },
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw wrong(
    read.error.issues.flatMap((issue): readonly TestProblem[] => {
      const path: Path = [...(option === '' ? [] : [option]), ...issue.path.map((one) => one as string | number)];
      if (issue.code !== 'unrecognized_keys') return [{ path: formatPath(path), message: issue.message }];
      const known = path.length === 0 ? keys : [];
      return issue.keys.map((key) => unknownKey([...path, key], known));
    }),
  );
}

function unknownKey(path: Path, known: readonly string[]): TestProblem {
  const what = path.length === 1 ? 'there is no such option' : 'there is no such key';
  return { path: formatPath(path), message: `${what}.${didYouMean(String(path.at(-1)), known)}` };
}

export function directoryOf({ people = [], groups = [], schedules = [] }: TestWorld, zone: string | null): Directory {
  const read = {
    groups: checked(groupsSchema, groups, { option: 'groups' }),
    schedules: checked(schedulesSchema, schedules, { option: 'schedules' }),
  };
  return {
    recipients: byId('people', checkedPeople(people).map(personOf)),
    groups: byId(
      'groups',
      read.groups.map(({ id, name, members }) => {
        const all = [...new Set(members)].toSorted();
        return { id, name: name ?? id, members: all, size: all.length };
      }),
    ),
    schedules: new Map([...byId('schedules', read.schedules)].map(([id, one]) => [id, compileSchedule(one)])),
    tenant: { zone, locale: 'en', alarmTo: null, name: null },
  };
}

/** By id, each of which is there once. */
function byId<One extends { readonly id: string }>(option: string, all: readonly One[]): Map<string, One> {
  const found = new Map<string, One>();
  all.forEach((one, index) => {
    if (found.has(one.id)) throw wrong([{ path: `${option}[${index}].id`, message: `"${one.id}" is there twice.` }]);
    found.set(one.id, one);
  });
  return found;
}

/** The policy counting in its calendar: its own, or the one that it names among those that are given. */
export function countingIn(policy: Policy, { calendars = [], holidays }: TestWorld, at: Instant): Policy {
  const named = checked(calendarsSchema, calendars, { option: 'calendars' });
  byId('calendars', named);
  const source = policy.calendarSource;
  if (source === null) return policy;
  const index = source.kind === 'named' ? named.findIndex((one) => one.id === source.id) : -1;
  const written = source.kind === 'written' ? source.written : named[index];
  if (written === undefined) return policy;
  const place: Path = source.kind === 'written' ? ['calendar'] : ['calendars', index];
  if (needsHolidayBook(written) && holidays === undefined)
    throw wrong([
      {
        path: formatPath([...place, 'holidays']),
        message: 'the holidays of countries are in a book; give `holidays: await loadHolidays()`.',
      },
    ]);
  const reading = readCalendar(written, {
    id: source.kind === 'named' ? source.id : null,
    years: calendarYears(at),
    book: holidays ?? null,
  });
  if (reading.ok) return withCalendar(policy, reading.calendar);
  throw wrong(reading.problems.map(({ path, message }) => ({ path: formatPath([...place, ...path]), message })));
}

const PERSON = Object.keys(blankRecipient(''));

/** A key with a mistake in it would have no effect. */
function checkedPeople(people: readonly WrittenPerson[]): readonly WrittenPerson[] {
  const all = checked(z.array(z.looseObject({ id: z.string() })), people, { option: 'people' });
  const unknown = all.flatMap((one, index) =>
    Object.keys(one)
      .filter((key) => !PERSON.includes(key))
      .map((key) => unknownKey(['people', index, key], PERSON)),
  );
  if (unknown.length > 0) throw wrong(unknown);
  return people;
}

const personOf = ({ plan = {}, ...person }: WrittenPerson): Recipient => ({
  ...blankRecipient(person.id),
  name: person.id,
  ...person,
  plan: { normal: readPreferredPlan(plan.normal), urgent: readPreferredPlan(plan.urgent) },
});
