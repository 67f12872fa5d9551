// Figures counted again by the words of docs/guide/metrics.md alone, from the raw rows, slowly and plainly: each generation of each
// follow-up anew for each question. It shares nothing with what counts figures, so that whoever counts wrongly disagrees with it. A new
// count is a line in one of the tables below. How responses are waited for is recount-waits.test-kit.ts.
import { figuresOf } from './recount-curve.test-kit.ts';
import { type Generation, generationsOf, type Sent } from './recount-generation.test-kit.ts';
import { type Promised, promisesOf } from './recount-promises.test-kit.ts';
import type { Seen } from './recount-rows.test-kit.ts';
import { type Wait, type Waits, waitedOf, waitsOf } from './recount-waits.test-kit.ts';

type Is<One> = (one: One) => boolean;

/** One generation counts, or not. */
const OF_FOLLOW_UPS = {
  followUps: () => true,
  open: ({ status }) => status === 'open',
  resolved: ({ status }) => status === 'resolved',
  cancelled: ({ status }) => status === 'cancelled',
  expired: ({ status }) => status === 'expired',
  escalated: ({ lines }) => lines.some(({ kind }) => kind === 'escalated'),
  exhausted: ({ status, waitsFor }) => status === 'open' && waitsFor === 'stages_exhausted',
  unreached: ({ lines }) => lines.some(({ kind, reason }) => kind === 'alarm' && reason === 'nobody_reached'),
} satisfies Record<string, Is<Generation>>;

/** One generation may count more than once. */
const SUMS_OF_FOLLOW_UPS = {
  commitments: (promises) => promises.length,
  commitmentsKept: (promises) => promises.filter((one) => one === 'kept').length,
  commitmentsMissed: (promises) => promises.filter((one) => one === 'missed').length,
} satisfies Record<string, (promises: readonly Promised[]) => number>;

const TRIED = ['accepted', 'delivered', 'bounced', 'failed', 'uncertain'];
const ACCEPTED = ['accepted', 'delivered', 'bounced'];
const isTried: Is<Sent> = ({ fate }) => TRIED.includes(fate);
const isAccepted: Is<Sent> = ({ fate }) => ACCEPTED.includes(fate);
const arrived: Is<Sent> = ({ fate }) => ACCEPTED.includes(fate) && fate !== 'bounced';
const tellsOpens: Is<Sent> = (one) =>
  arrived(one) && (one.row.channel === 'inbox' || (one.row.channel === 'email' && one.hasPicture));
const tellsClicks: Is<Sent> = (one) => arrived(one) && ['email', 'sms'].includes(one.row.channel) && one.hasLinks;
const interruptedAt =
  (hours: string): Is<Sent> =>
  (one) =>
    isAccepted(one) && !one.isMerged && !['inbox', 'webhook'].includes(one.row.channel) && one.hours === hours;

const OF_MESSAGES = {
  messages: isTried,
  accepted: isAccepted,
  delivered: ({ fate }) => fate === 'delivered',
  bounced: ({ fate }) => fate === 'bounced',
  merged: (one) => one.isMerged && isAccepted(one),
  interruptedBusiness: interruptedAt('business'),
  interruptedEvening: interruptedAt('evening'),
  interruptedNight: interruptedAt('night'),
  interruptedWeekend: interruptedAt('weekend'),
} satisfies Record<string, Is<Sent>>;

/** Of what there is, those that are a part of it; null where there is nothing. */
const share = <One>(all: readonly One[], whole: Is<One>, part: Is<One>): number | null => {
  const count = all.filter(whole).length;
  return count === 0 ? null : all.filter((one) => whole(one) && part(one)).length / count;
};
const byPerson: Is<{ readonly evidence: string }> = ({ evidence }) => evidence !== 'machine';

const RATES_OF_MESSAGES = {
  deliveryRate: (all) => share(all, isTried, arrived),
  openRate: (all) => share(all, tellsOpens, ({ opens }) => opens.length > 0),
  openRateHuman: (all) => share(all, tellsOpens, ({ opens }) => opens.some(byPerson)),
  clickRate: (all) => share(all, tellsClicks, ({ clicks }) => clicks.some(byPerson)),
  actedRate: (all) => share(all, isAccepted, ({ acts }) => acts.some(({ evidence }) => evidence === 'proven')),
} satisfies Record<string, (all: readonly Sent[]) => number | null>;

/** The generations and messages of a row. */
interface Group {
  readonly generations: readonly Generation[];
  readonly messages: readonly Sent[];
  /** By what it is a row of. */
  readonly key: Readonly<Record<string, Value>>;
}
type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

const RATES_OF_FOLLOW_UPS = {
  conversionRate: ({ generations, key: { stage } }) =>
    stage === undefined
      ? share(
          generations,
          ({ status }) => status !== 'cancelled',
          ({ status }) => status === 'resolved',
        )
      : share(
          generations,
          () => true,
          ({ resolvedAfter }) => resolvedAfter === stage,
        ),
  escalationRate: ({ generations }) => share(generations, OF_FOLLOW_UPS.followUps, OF_FOLLOW_UPS.escalated),
  expiredRate: ({ generations }) => share(generations, OF_FOLLOW_UPS.followUps, OF_FOLLOW_UPS.expired),
  exhaustedRate: ({ generations }) => share(generations, OF_FOLLOW_UPS.followUps, OF_FOLLOW_UPS.exhausted),
  unreachedRate: ({ generations }) => share(generations, OF_FOLLOW_UPS.followUps, OF_FOLLOW_UPS.unreached),
  commitmentKeptRate: ({ generations }) =>
    share(
      generations.flatMap(({ lines }) => promisesOf(lines)),
      (one) => one !== 'ahead',
      (one) => one === 'kept',
    ),
} satisfies Record<string, (group: Group) => number | null>;

const countsOf = <One>(counts: Readonly<Record<string, Is<One>>>, all: readonly One[]) =>
  Object.fromEntries(Object.entries(counts).map(([name, is]) => [name, all.filter(is).length]));
const ratesOf = <One>(rates: Readonly<Record<string, (one: One) => number | null>>, of: One) =>
  Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate(of)]));

export interface Question {
  readonly groupBy: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly policy?: string | undefined;
  readonly team?: string | undefined;
}

const isAsked = ({ from, to, policy, team }: Question): Is<Generation> => {
  return (one) =>
    one.day >= from &&
    one.day <= to &&
    (policy === undefined || one.policy === policy) &&
    (team === undefined || one.team === team);
};

/** A row for each group: of follow-ups, and of what they were told. */
export function recounted(seen: Seen, question: Question, now: number): readonly Row[] {
  const groups = groupsOf(generationsOf(seen).filter(isAsked(question)), question);
  return groups.map((group) => {
    const waits = waitsIn(seen, group);
    const promises = group.generations.flatMap(({ lines }) => promisesOf(lines));
    return {
      ...group.key,
      ...countsOf(OF_FOLLOW_UPS, group.generations),
      ...Object.fromEntries(Object.entries(SUMS_OF_FOLLOW_UPS).map(([name, sum]) => [name, sum(promises)])),
      ...reachedIn(groups, group),
      ...countsOf(OF_MESSAGES, group.messages),
      ...ratesOf(RATES_OF_MESSAGES, group.messages),
      ...ratesOf(RATES_OF_FOLLOW_UPS, group),
      ...Object.fromEntries(
        Object.entries(waits).map(([name, all]) => [name, figuresOf(all.map((one: Wait) => waitedOf(one, now)))]),
      ),
    };
  });
}

/** By level: of all that have the other keys, those that got at least so far. */
function reachedIn(groups: readonly Group[], { key }: Group): Row {
  const { level, ...others } = key;
  if (typeof level !== 'number') return {};
  const alike = groups
    .filter((one) => Object.entries(others).every(([name, value]) => one.key[name] === value))
    .flatMap(({ generations, key: { level: own } }) => generations.map(() => Number(own)));
  return {
    reached: alike.filter((own) => own >= level).length,
    reachedRate: share(
      alike,
      () => true,
      (own) => own >= level,
    ),
  };
}

/** What is waited for in one group of all: for curves. */
export function recountedWaits(seen: Seen, question: Question, now: number) {
  return groupsOf(generationsOf(seen).filter(isAsked(question)), question).map((group) => ({
    key: group.key,
    waits: Object.fromEntries(
      Object.entries(waitsIn(seen, group)).map(([name, all]) => [name, all.map((one: Wait) => waitedOf(one, now))]),
    ),
  }));
}

function waitsIn(seen: Seen, { generations, messages, key }: Group): Waits {
  const ofThese = new Set(messages.map(({ row }) => row.id));
  const all = [...new Set([...generations, ...messages.map(({ generation }) => generation)])].map((one) =>
    waitsOf(seen, one),
  );
  const own = generations.map((one) => waitsOf(seen, one));
  return {
    responseTime: all.flatMap(({ responses }) =>
      responses.filter(({ message, beside }) => ofThese.has(message) && (!beside || key.channel !== undefined)),
    ),
    timeToResolve: own.map(({ resolve }) => resolve),
    timeToAcknowledge: own.map(({ acknowledge }) => acknowledge),
  };
}

/** A generation is in the row of each stage that it ran, and of each channel on which it was tried to tell somebody. */
function groupsOf(generations: readonly Generation[], { groupBy }: Question): readonly Group[] {
  const [byStage, byChannel] = [groupBy.includes('stage'), groupBy.includes('channel')];
  const groups = new Map<string, { key: Group['key']; generations: Generation[]; messages: Sent[] }>();
  if (groupBy.length === 0) groups.set('[]', { key: {}, generations: [], messages: [] });
  const groupOf = (key: Group['key']) => {
    const name = JSON.stringify(groupBy.map((each) => key[each]));
    const group = groups.get(name) ?? { key, generations: [], messages: [] };
    groups.set(name, group);
    return group;
  };
  for (const one of generations) {
    const stages = byStage ? new Set([...one.ran, ...one.messages.map(({ row }) => row.stage)]) : [null];
    const channels = byChannel ? new Set(one.messages.map(({ row }) => row.channel)) : [null];
    for (const stage of stages)
      for (const channel of channels) {
        const told = one.messages.filter(
          ({ row }) => (stage === null || row.stage === stage) && (channel === null || row.channel === channel),
        );
        const { day, policy, team, level } = one;
        const keys: Readonly<Record<string, Value>> = { day, policy, team, level, stage, channel };
        const group = groupOf(Object.fromEntries(groupBy.map((each) => [each, keys[each] ?? null])));
        group.messages.push(...told);
        if ((stage === null || one.ran.includes(stage)) && (channel === null || told.some(isTried)))
          group.generations.push(one);
      }
  }
  return [...groups.values()].filter(
    (one) => groupBy.length === 0 || one.generations.length > 0 || one.messages.some(isTried),
  );
}

/** A row for each group of messages: each in one. */
export function recountedMessages(seen: Seen, question: Question): readonly Row[] {
  const { groupBy } = question;
  const all = generationsOf(seen)
    .filter(isAsked(question))
    .flatMap(({ messages }) => messages);
  const groups = Map.groupBy(all.filter(isTried), (one) => JSON.stringify(groupBy.map((key) => keyOf(one, key))));
  if (groupBy.length === 0 && groups.size === 0) groups.set('[]', []);
  return [...groups].map(([name, messages]) => ({
    ...Object.fromEntries((JSON.parse(name) as Value[]).map((value, index) => [groupBy[index], value])),
    ...countsOf(OF_MESSAGES, messages),
    ...ratesOf(RATES_OF_MESSAGES, messages),
  }));
}

const HOURS = ['interruptedBusiness', 'interruptedEvening', 'interruptedNight', 'interruptedWeekend'] as const;

/** Whom messages that are kept interrupted, and at which hours. */
export function recountedInterrupted(seen: Seen, question: Question): readonly Row[] {
  const all = generationsOf(seen)
    .filter(isAsked(question))
    .flatMap(({ messages }) => messages)
    .filter(({ row }) => seen.there.has(row.id));
  return [...Map.groupBy(all, ({ row }) => row.recipient)]
    .map(([recipient, own]) => {
      const counts = HOURS.map((name) => own.filter(OF_MESSAGES[name]).length);
      const interrupted = counts.reduce((sum, count) => sum + count, 0);
      return { recipient, interrupted, ...Object.fromEntries(HOURS.map((name, index) => [name, counts[index]])) };
    })
    .filter(({ interrupted }) => interrupted > 0);
}

function keyOf({ row, generation }: Sent, key: string): Value {
  if (key === 'day') return generation.day;
  if (key === 'policy') return generation.policy;
  return (row as unknown as Readonly<Record<string, Value>>)[key] ?? null;
}
