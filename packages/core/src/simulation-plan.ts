// What somebody asks to be simulated, read: the same texts from the command line, over HTTP and in users' own tests. What
// cannot be played is said with its place. Whom it reaches is asked later, of a directory: simulation.ts.
import { z } from 'zod';
import { compileActivityMappings, type WrittenActivityMapping } from './activity-mapping.ts';
import { type Behaviour, parseBehaviour } from './behaviour.ts';
import { addIn } from './business-time.ts';
import { endOfDay, officeCalendar } from './calendar.ts';
import { clauseMatches, type PolicyEvent, readKey } from './clause.ts';
import { DAY_MS, fromRfc3339, type Instant, later } from './instant.ts';
import { inventEvent } from './invented-event.ts';
import { type Opening, readOpening } from './opening.ts';
import { DURATION_DAYS_MAX, parseDuration } from './policy/duration.ts';
import { orMean } from './policy/nearest.ts';
import type { Clause, Policy } from './policy/policy.ts';
import { expected, type Parsed } from './policy/scanner.ts';
import { DEFAULT_ZONE } from './recipient.ts';
import type { SimulatedBehaviour, SimulationPlan } from './simulation.ts';
import { isDate, isZone } from './timing.ts';

export const BEHAVIOURS_MAX = 50;
export const RUNS_MAX = 1_000;
const TEXT_MAX = 300;
const anything = z.record(z.string(), z.unknown());

export const simulationSchema = z.strictObject({
  event: anything.optional().describe('the event that opens it; invented when not given'),
  data: anything.optional().describe('over the data of the invented event'),
  eventData: z
    .record(z.string(), anything)
    .optional()
    .describe('by type: the data of later events; only what their key reads may be left to the one that opens it'),
  dueAt: z.string().max(TEXT_MAX).optional().describe('a date or RFC 3339, whatever the policy reads'),
  zone: z.string().refine(isZone, 'must be an IANA time zone').optional().describe('of people who are not known'),
  at: z.string().max(TEXT_MAX).optional().describe('when it opens, as RFC 3339; now when not given'),
  behaviours: z
    .array(z.string().max(TEXT_MAX))
    .max(BEHAVIOURS_MAX)
    .optional()
    .describe('sentences such as "assignee acknowledges after 2 hours"; nobody answers when not given'),
  until: z
    .string()
    .max(TEXT_MAX)
    .optional()
    .describe('a duration from its opening, a date or RFC 3339; ten years at most'),
  runs: z.int().min(1).max(RUNS_MAX).optional().describe('played so many times, with a report'),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
});
export type SimulationRequest = z.infer<typeof simulationSchema>;

export interface SimulationProblem {
  /** `behaviours[0]`, `event`, `until`. */
  readonly path: string;
  readonly message: string;
}
export type PlannedSimulation =
  | { readonly ok: true; readonly plan: SimulationPlan }
  | { readonly ok: false; readonly problems: readonly SimulationProblem[] };

export interface PlanningOptions {
  /** When it opens unless the request says so. */
  readonly now: Instant;
  readonly tenantZone: string | null;
  /** `activity` of relance.yaml; none when not given. */
  readonly activity?: readonly WrittenActivityMapping[];
}

export function planSimulation(
  policy: Policy,
  request: SimulationRequest,
  { now, tenantZone, activity = [] }: PlanningOptions,
): PlannedSimulation {
  const problems: SimulationProblem[] = [];
  const zone = request.zone ?? tenantZone;
  const dates = policy.calendar ?? officeCalendar(zone ?? DEFAULT_ZONE);
  const moment = (path: 'at' | 'dueAt'): Instant | null => {
    const text = request[path];
    if (text === undefined) return null;
    const at = path === 'dueAt' && isDate(text) ? endOfDay(dates, text) : fromRfc3339(text);
    if (at === null)
      problems.push({
        path,
        message: `"${text}" is no time; write RFC 3339, such as "2026-12-01T09:00:00Z"${path === 'dueAt' ? ', or a date' : ''}.`,
      });
    return at;
  };
  const at = moment('at') ?? now;
  const dueAt = moment('dueAt');
  const dueDay = request.dueAt !== undefined && isDate(request.dueAt) ? request.dueAt : null;
  const until = readUntil(request.until, at, { zone: zone ?? DEFAULT_ZONE, calendar: policy.calendar }, problems);
  const behaviours = readBehaviours(policy, request.behaviours ?? [], problems);
  const opening = readBeginning(policy, request, { at, dueAt, dueDay, tenantZone: zone ?? DEFAULT_ZONE });
  if (!opening.ok) problems.push(opening.problem);
  if (!opening.ok || problems.length > 0) return { ok: false, problems };
  const { event, key, opening: read } = opening;
  const count = read.assignees.length;
  const notes = [
    ...(policy.assignees !== null && policy.require === null && count > 1
      ? [`One follow-up is opened for each of ${count} assignees; this is the first.`]
      : []),
    ...(policy.calendarSource !== null && policy.calendar === null
      ? ['The calendar of the policy is not known here: business time is that of office hours.']
      : []),
    ...policy.needs.resolvers
      .filter((name) => !behaviours.some(({ behaviour }) => behaviour.kind === 'resolver' && behaviour.name === name))
      .map(
        (name) =>
          `Nobody has said whom resolver "${name}" names, so it names nobody; add "resolver ${name} answers <recipient>".`,
      ),
    ...untold(request.eventData ?? {}, behaviours),
  ];
  return {
    ok: true,
    plan: {
      policy,
      event,
      key,
      opening: read,
      at,
      until,
      behaviours,
      eventData: request.eventData ?? {},
      activity: compileActivityMappings(activity).mappings,
      zone: request.zone ?? null,
      notes,
    },
  };
}

function readUntil(
  text: string | undefined,
  at: Instant,
  frame: Parameters<typeof addIn>[0],
  problems: SimulationProblem[],
): Instant {
  const latest = later(at, DURATION_DAYS_MAX * DAY_MS);
  if (text === undefined) return latest;
  const duration = parseDuration(text);
  const until = duration.ok
    ? addIn(frame, at, 1, duration.value)
    : isDate(text)
      ? endOfDay(officeCalendar(frame.zone), text)
      : fromRfc3339(text);
  if (until === null) {
    const why =
      /^\s*(?:\d{4}-|[^0-9Pp])/.test(text) || duration.ok
        ? 'a date, RFC 3339 or a duration such as "30 days" is expected'
        : placed(duration);
    problems.push({ path: 'until', message: `"${text}" is no end: ${why}.` });
  } else if (until < at || until > latest)
    problems.push({ path: 'until', message: `It must end after its opening, and within ten years of it.` });
  return until ?? latest;
}

const placed = ({ at, message }: Unread): string => `${message} (at character ${at + 1})`;

function readBehaviours(
  policy: Policy,
  texts: readonly string[],
  problems: SimulationProblem[],
): readonly SimulatedBehaviour[] {
  return texts.flatMap((text, index): readonly SimulatedBehaviour[] => {
    const path = `behaviours[${index}]`;
    const read = parseBehaviour(text);
    const problem = read.ok
      ? (unknownStage(policy, text, read.value) ??
        unknownAction(policy, text, read.value) ??
        unknownResolver(policy, text, read.value))
      : read;
    if (problem !== null) problems.push({ path, message: `"${text}": ${placed(problem)}.` });
    return read.ok && problem === null ? [{ text, behaviour: read.value }] : [];
  });
}

type Unread = Extract<Parsed<unknown>, { ok: false }>;

function unknownStage({ stages }: Policy, text: string, behaviour: Behaviour): Unread | null {
  const stage = 'of' in behaviour ? behaviour.of : null;
  if (stage === null || stages.some(({ id }) => id === stage)) return null;
  const known = stages.map(({ id }) => id).join(', ');
  return expected(text.lastIndexOf(stage), `a stage of the policy is expected: ${known}`);
}

function unknownAction({ actions }: Policy, text: string, behaviour: Behaviour): Unread | null {
  if (behaviour.kind !== 'answer' || behaviour.act.kind !== 'answer') return null;
  const { action } = behaviour.act;
  const ids = actions.map(({ id }) => id);
  if (ids.includes(action)) return null;
  const at = /^\s*\S+\s+answers\s+/.exec(text)?.[0].length ?? 0;
  if (ids.length === 0)
    return expected(at, `the policy has no actions of its own, so nobody can answer "${action}"; say "resolves"`);
  return expected(at, `an action of the policy is expected: ${ids.join(', ')}, not "${action}"${orMean(action, ids)}`);
}

function unknownResolver({ needs: { resolvers } }: Policy, text: string, behaviour: Behaviour): Unread | null {
  if (behaviour.kind !== 'resolver' || resolvers.includes(behaviour.name)) return null;
  const hint = orMean(behaviour.name, resolvers);
  const at = /^\s*resolver\s+/.exec(text)?.[0].length ?? 0;
  return expected(at, `a resolver of the policy is expected, not "${behaviour.name}"${hint}`);
}

/** Data that waits for an event which nobody sends is likely a mistake in the name of its type. */
const untold = (eventData: object, behaviours: readonly SimulatedBehaviour[]): readonly string[] => {
  const sent = behaviours.flatMap(({ behaviour }) => (behaviour.kind === 'event' ? [behaviour.type] : []));
  return Object.keys(eventData)
    .filter((type) => !sent.includes(type))
    .map(
      (type) =>
        `Nothing sends "${type}", so its data is not used; add a behaviour such as "event ${type} after 1 day".`,
    );
};

type Beginning =
  | { readonly ok: true; readonly event: PolicyEvent; readonly key: string; readonly opening: Opening }
  | { readonly ok: false; readonly problem: SimulationProblem };

function readBeginning(
  policy: Policy,
  request: SimulationRequest,
  {
    at,
    dueAt,
    dueDay,
    tenantZone,
  }: Pick<Opening, 'dueAt' | 'dueDay'> & { readonly at: Instant; readonly tenantZone: string },
): Beginning {
  const event = eventOf(policy, request, at);
  const given = request.event !== undefined;
  const fail = (detail: string): Beginning => ({
    ok: false,
    problem: {
      path: 'event',
      message: given ? detail : `The event that was invented opens nothing: ${detail} Give one that does.`,
    },
  });
  const opens = policy.clauses.filter(({ role }) => role === 'open');
  const verdicts = opens.map((clause) => ({ clause, verdict: clauseMatches(clause, event) }));
  const clause = verdicts.find(({ verdict }) => verdict.kind === 'matches')?.clause ?? null;
  if (opens.length > 0 && clause === null) return fail(whyNot(verdicts, event));
  const key = readKey(policy, clause ?? BY_API, event);
  if (!key.ok) return fail(key.detail);
  const read = readOpening(policy, event, {
    tenantZone,
    now: at,
    given: { key: key.key, ...(dueAt === null ? {} : { dueAt, dueDay }) },
  });
  return read.ok ? { ok: true, event, key: key.key, opening: read.opening } : fail(read.detail);
}

/** Where no event opens it, its own key is read. */
const BY_API: Clause = { role: 'open', on: [], when: null, key: null, stage: null, outcome: null };

/** What is given without the marks of an event is its data. */
function eventOf(policy: Policy, { event, data }: SimulationRequest, at: Instant): PolicyEvent {
  const isData = event !== undefined && event.type === undefined && event.data === undefined;
  if (event === undefined || isData) return inventEvent(policy, { at, data: { ...event, ...data } });
  const { data: invented, ...rest } = inventEvent(policy, { at });
  return { ...rest, data: {}, ...event, ...(data === undefined ? {} : { data: { ...(event.data ?? {}), ...data } }) };
}

function whyNot(
  verdicts: readonly { readonly clause: Clause; readonly verdict: ReturnType<typeof clauseMatches> }[],
  { type }: PolicyEvent,
): string {
  const failed = verdicts.find(({ verdict }) => verdict.kind === 'error');
  if (failed?.verdict.kind === 'error') return failed.verdict.detail;
  const untrue = verdicts.find(({ verdict }) => verdict.kind === 'condition_false');
  if (untrue !== undefined) return `The \`when\` of its open clause is not true of it: ${untrue.clause.when?.source}.`;
  const types = verdicts.flatMap(({ clause }) => clause.on).join(', ');
  return `An event of type "${type}" does not open it; it opens on ${types}.`;
}
