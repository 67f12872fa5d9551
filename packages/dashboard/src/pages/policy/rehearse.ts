// What the worker answers, with the core: a policy's text read and played, as the server does it. No browser in
// here, so that tests ask the same.
import {
  calendarYears,
  checkConsequences,
  compileYaml,
  type Directory,
  fromRfc3339,
  type HolidayBook,
  type Instant,
  loadHolidays,
  namesIn,
  needsHolidayBook,
  type Policy,
  planSimulation,
  policyJsonSchema,
  printableId,
  readCalendar,
  readDirectory,
  readMoment,
  type Simulation,
  type SimulationPlan,
  seedOf,
  simulate,
  Tally,
  toRfc3339,
  type WireDirectory,
  type WireSimulation,
  type WrittenCalendar,
  wireSimulation,
  wireTimelineEntry,
  withCalendar,
} from '@relance/core';
import type { Names, OrProblems, Played, PlayRequest, Reading } from './desk.ts';

/** What a long answer asks of whoever runs it. */
export interface Going {
  rest(): Promise<void>;
  /** True once nobody waits for the answer. */
  ended(): boolean;
  progress(share: number): void;
  elapsedMs(): number;
}

/** More lines than anybody reads. */
const ITEMS_MAX = 2_000;
/** One run of a policy that never ends is cut. */
const RUN_MS_MAX = 2_000;
/** So long at a stretch: typing is answered in between. */
const STRETCH_MS = 24;

type Compiled = ReturnType<typeof compileYaml>;
let last: { readonly text: string; readonly compiled: Compiled } | null = null;

/** The same text is asked about several times in a row. */
function compiledOf(text: string): Compiled {
  if (last?.text !== text) last = { text, compiled: compileYaml(text, 1) };
  return last.compiled;
}

export const schemaOfPolicies = policyJsonSchema;

export function readText(text: string): Reading {
  const compiled = compiledOf(text);
  if (!compiled.ok) return { policy: null, problems: compiled.problems };
  const { id, title, stages } = compiled.policy;
  const found = compiled.placed(checkConsequences(compiled.policy));
  return {
    policy: { id, title, stages: stages.map((stage) => stage.id) },
    problems: [...compiled.warnings, ...found],
  };
}

const unreadable = (compiled: Compiled) => ({
  ok: false as const,
  problems: (compiled.ok ? [] : compiled.problems).filter(({ severity }) => severity === 'error'),
});

/** An expression may make of anything what nobody can be called. */
const isName = (id: string): boolean => printableId.safeParse(id).success;

/** Whom a story of it may come to, and the calendar that it counts in. */
export function namesOf({ text, asked, now }: Pick<PlayRequest, 'text' | 'asked' | 'now'>): OrProblems<Names> {
  const compiled = compiledOf(text);
  if (!compiled.ok) return unreadable(compiled);
  const { policy } = compiled;
  const { needs, calendarSource } = policy;
  const planned = planSimulation(policy, openingIn(asked, 'UTC'), { now: instantOf(now), tenantZone: null });
  const named = planned.ok ? namesIn(planned.plan) : { asked: [], people: [], resolved: [], groups: needs.groups };
  const people = [...named.asked, ...named.people, ...named.resolved, ...needs.recipients];
  return {
    ok: true,
    value: {
      recipients: [...new Set(people)].filter(isName),
      groups: [...new Set(named.groups)].filter(isName),
      schedules: needs.schedules,
      calendar: calendarSource?.kind === 'named' ? calendarSource.id : null,
    },
  };
}

function instantOf(time: string): Instant {
  const at = fromRfc3339(time);
  if (at === null) throw new Error(`"${time}" is no time.`);
  return at;
}

/** An opening by the clocks of a zone, as an instant; what is no time yet is not said. */
function openingIn({ at, ...asked }: PlayRequest['asked'], zone: string): PlayRequest['asked'] {
  const moment = at === undefined ? null : readMoment(at, zone);
  return moment === null ? asked : { ...asked, at: toRfc3339(moment) };
}

let book: Promise<HolidayBook> | null = null;

/** With the holidays around an instant; as it is where its calendar cannot be read. */
async function counting(policy: Policy, world: PlayRequest['world'], at: Instant): Promise<Policy> {
  const source = policy.calendarSource;
  if (source === null) return policy;
  const written = source.kind === 'written' ? source.written : (world.calendar as WrittenCalendar | null);
  if (written === null) return policy;
  if (needsHolidayBook(written)) book ??= loadHolidays();
  const reading = readCalendar(written, {
    id: source.kind === 'named' ? source.id : null,
    years: calendarYears(at),
    book: await book,
  });
  return reading.ok ? withCalendar(policy, reading.calendar) : policy;
}

interface Prepared {
  readonly plan: SimulationPlan;
  readonly directory: Directory;
  readonly counted: string;
}

async function prepare({
  text,
  asked,
  world,
  now,
}: Omit<PlayRequest, 'alone' | 'zone'>): Promise<OrProblems<Prepared>> {
  const compiled = compiledOf(text);
  if (!compiled.ok) return unreadable(compiled);
  const known = readDirectory(world as unknown as WireDirectory);
  const zone = asked.zone ?? known.tenant.zone;
  // Holidays are those of the years around it, wherever its clocks are.
  const about = readMoment(asked.at ?? '', 'UTC') ?? instantOf(now);
  const policy = await counting(compiled.policy, world, about);
  const counted = policy.calendar?.zone ?? zone ?? 'UTC';
  const planned = planSimulation(policy, openingIn(asked, counted), {
    now: instantOf(now),
    tenantZone: zone,
    activity: world.activity as never,
  });
  if (!planned.ok) return { ok: false, problems: planned.problems };
  return {
    ok: true,
    value: { plan: planned.plan, directory: { ...known, tenant: { ...known.tenant, zone } }, counted },
  };
}

export async function play(asks: PlayRequest, going: Going): Promise<OrProblems<Played>> {
  const prepared = await prepare(asks);
  if (!prepared.ok) return prepared;
  const { plan, directory, counted: zone } = prepared.value;
  const { runs = 1, seed = 1 } = asks.asked;
  const began = going.elapsedMs();
  const playOne = (run: number): Simulation => {
    const until = going.elapsedMs() + RUN_MS_MAX;
    return simulate(plan, directory, {
      seed: seedOf(seed, run),
      itemsMax: ITEMS_MAX,
      alone: asks.alone,
      goesOn: () => going.elapsedMs() < until,
    });
  };
  const first = playOne(0);
  const tally = new Tally();
  const held = new Map<string, number>();
  const take = (one: Simulation): void => {
    tally.take(one);
    for (const { kind, reason } of one.items)
      if (kind === 'message_deferred') held.set(reason, (held.get(reason) ?? 0) + 1);
  };
  take(first);
  let rested = going.elapsedMs();
  for (let run = 1; run < runs && !going.ended(); run++) {
    take(playOne(run));
    if (going.elapsedMs() - rested < STRETCH_MS) continue;
    going.progress(run / runs);
    await going.rest();
    rested = going.elapsedMs();
  }
  const simulation = { ...wireSimulation(plan, first, tally.report(seed)), items: told(first, asks.zone) };
  const lasted = going.elapsedMs() - began;
  return { ok: true, value: { simulation, held: Object.fromEntries(held), lasted, zone } };
}

/** Its lines for a person: with names, and times where they are. */
function told({ items, directory }: Simulation, zone: string): WireSimulation['items'] {
  const format = new Intl.DateTimeFormat('en-GB', { ...MOMENT, timeZone: zone });
  const nameOf = (id: string): string => directory.recipients.get(id)?.name ?? id;
  return items.map((entry) => wireTimelineEntry(entry, nameOf, (at) => format.format(at).replaceAll(',', '')));
}
const MOMENT: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
};
