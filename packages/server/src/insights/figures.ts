// Counts what has changed, and adds the differences to the sums: one slot a transaction, its marks, the facts and the sums together, so
// that whatever dies between any two statements has done nothing. One follow-up is counted from its rows alone by the core. Called by
// the sweep's ticker, by pruning before it takes rows away, and by whoever asks for figures (answer.ts).
import { isDeepStrictEqual } from 'node:util';
import {
  addGeneration,
  addMessages,
  addPeople,
  type CountedLine,
  type CountedRow,
  countGenerations,
  type Differences,
  type EngagementSeen,
  type GenerationFigures,
  HOUR_KINDS,
  isNoMessage,
  isNothing,
  type MessageDifferences,
  type MessageStatus,
  type PersonDifferences,
  tailOf,
  withFateOf,
} from '@relance/core';
import type { Figures } from '../engine/ports.ts';
import { type Database, ENGINE, isDatabaseDown, isHeld, type Tx } from '../store/database.ts';
import { addDifferences, makeMonthsStale } from '../store/sql/metric-day.ts';
import {
  asManyAs,
  type CountedFact,
  type Fact,
  type Held,
  lockMetricPass,
  type MessageRead,
  putBackMarks,
  putFacts,
  readCounted,
  slotsMarked,
  slotsOfLittle,
  takeMarks,
} from '../store/sql/metric-fact.ts';
import { addMessageDifferences } from '../store/sql/metric-message.ts';
import { addUpMonth, addUpQuarter, lockMissingQuarter, lockStaleMonth } from '../store/sql/metric-month.ts';
import { addPersonDifferences } from '../store/sql/metric-person.ts';
import type { PolicyRef } from '../store/sql/policy-version.ts';
import { tenantSettings } from '../store/sql/tenant.ts';
import { type Asked, Asking } from './asking.ts';

const MARKS_A_PASS = 2_000;
/** Lines of timelines, which are about as many as messages: so many are in memory together, or those of one follow-up that has more. */
const LINES_A_PASS = 20_000;
/** After so many others have their turn. */
const LINES_A_TURN = 1_000;
/** A follow-up that told very many is marked with each of them: it rests for a second for so many lines after it was counted. */
const LINES_A_SECOND = 1_000;
const RESTING_MAX = 10_000;
/** So many marks are counted before anybody would have read the answer. */
const LITTLE = 500;
/** Where a tenant has set none. */
const ZONE = 'UTC';

interface Log {
  error(fields: object, text: string): void;
}

export interface Sizes {
  /** A month of fewer rows is read by its days, which costs next to nothing. */
  readonly rowsMin?: number;
  /** How long a month that changes all the time is read by its days, before it is added up again. */
  readonly restMinutes?: number;
}

export function createFigures(
  database: Database,
  log: Log,
  { rowsMin = 2_000, restMinutes = 60 }: Sizes = {},
): Figures {
  const asking = new Asking();
  const resting = new Resting();
  /** One slot that cannot be counted keeps no other from it; its marks stay. */
  const count = async (slot: number, held: Held): Promise<Pass> => {
    try {
      return await database.transaction(ENGINE, (tx) => countSlot(tx, slot, held, { asking, resting, log }));
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      if (isHeld(error)) return NOTHING; // the next time; where it goes on, figures are late, and an alert says so
      log.error({ error, slot }, 'the figures of a slot cannot be counted; they stay as they were');
      return NOTHING;
    }
  };
  return {
    async count() {
      const slots = await database.transaction(ENGINE, slotsMarked);
      const passes: Pass[] = [];
      for (const slot of slots) passes.push(await count(slot, 'left'));
      return { counted: passes.reduce((sum, { counted }) => sum + counted, 0), more: passes.some(({ more }) => more) };
    },
    async countLittle() {
      const slots = await database.transaction(ENGINE, (tx) => slotsOfLittle(tx, LITTLE));
      for (const slot of slots) await count(slot, 'waited for');
    },
    async addUp() {
      let months = 0;
      while (await database.transaction(ENGINE, (tx) => addUpOne(tx, { rowsMin, restMinutes }))) months += 1;
      while (await database.transaction(ENGINE, addUpOneQuarter));
      return months;
    },
  };
}

async function addUpOne(tx: Tx, { rowsMin, restMinutes }: Required<Sizes>): Promise<boolean> {
  const month = await lockStaleMonth(tx, rowsMin, restMinutes);
  if (month === null) return false;
  await addUpMonth(tx, month);
  return true;
}

async function addUpOneQuarter(tx: Tx): Promise<boolean> {
  const quarter = await lockMissingQuarter(tx);
  if (quarter === null) return false;
  await addUpQuarter(tx, quarter);
  return true;
}

/** `more`: there were more marks than a pass takes. */
type Pass = Awaited<ReturnType<Figures['count']>>;
const NOTHING: Pass = { counted: 0, more: false };

/** Those that are left alone for a while. By this process's clock: another node may count them. */
class Resting {
  readonly #until = new Map<string, number>();

  has(id: string): boolean {
    const until = this.#until.get(id);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.#until.delete(id);
    return false;
  }

  begin(id: string, lines: number): void {
    if (lines < LINES_A_PASS) return;
    if (this.#until.size >= RESTING_MAX) this.#until.clear();
    this.#until.set(id, performance.now() + (lines / LINES_A_SECOND) * 1_000);
  }
}

interface Kept {
  readonly asking: Asking;
  readonly resting: Resting;
  readonly log: Log;
}

async function countSlot(tx: Tx, slot: number, held: Held, { asking, resting, log }: Kept): Promise<Pass> {
  if (!(await lockMetricPass(tx, slot, held))) return NOTHING;
  const taken = await takeMarks(tx, slot, MARKS_A_PASS);
  const awake = taken.filter(({ id }) => !resting.has(id));
  const now = asManyAs(awake, LINES_A_PASS);
  const read = await readCounted(
    tx,
    slot,
    now.map(({ id }) => id),
  );
  // What went in a message that is not finished yet is counted with it: its own end leaves no mark here.
  const waits = read.filter(({ messages }) => messages.some(({ carrier }) => carrier === 'pending'));
  const later = taken.filter((one) => !now.includes(one));
  const pending = new Set([...later, ...waits].map(({ id }) => id));
  await putBackMarks(
    tx,
    slot,
    taken.filter(({ id }) => pending.has(id)),
  );
  const ready = read.filter((one) => !waits.includes(one));
  const settings = await tenantSettings(tx, [...new Set(ready.map(({ tenant }) => tenant))]);
  const asked = await asking.load(tx, ready.flatMap(refsOf));
  const differences: Differences = new Map();
  const sent: MessageDifferences = new Map();
  const people: PersonDifferences = new Map();
  const add = (tenant: string, all: readonly GenerationFigures[], sign: 1 | -1): void => {
    for (const each of all) {
      addGeneration(differences, tenant, each, sign);
      addMessages(sent, tenant, each, sign);
    }
  };
  const facts: Fact[] = [];
  let lines = 0;
  for (const one of ready) {
    lines += one.lines.length + one.messages.length;
    if (lines > LINES_A_TURN) {
      await new Promise(setImmediate);
      lines = 0;
    }
    resting.begin(one.id, one.lines.length + one.messages.length);
    const generations = counted(one, settings.get(one.tenant)?.zone ?? ZONE, asked);
    if (isDeepStrictEqual(generations, one.known)) continue;
    add(one.tenant, one.known, -1);
    add(one.tenant, generations, 1);
    addPeople(people, one.tenant, one.known, generations);
    facts.push({ slot, id: one.id, tenant: one.tenant, generations });
  }
  await putFacts(tx, facts);
  const days = [...differences.values()].filter((one) => !isNothing(one));
  const messages = [...sent.values()].filter((one) => !isNoMessage(one));
  await addDifferences(tx, days);
  await addMessageDifferences(tx, messages);
  await makeMonthsStale(tx, [...days, ...messages]);
  const missing = await addPersonDifferences(tx, people);
  if (missing > 0) log.error({ slot, missing }, 'people were interrupted less often than was counted before');
  return { counted: ready.length, more: awake.length > now.length || taken.length === MARKS_A_PASS };
}

const refsOf = (one: CountedFact): PolicyRef[] =>
  [...new Set([one.version, ...one.known.map(({ version = one.version }) => version)])].map((version) =>
    refOf(one, version),
  );
const refOf = ({ tenant, policy }: CountedFact, version: number): PolicyRef => ({ tenant, id: policy, version });

/**
 * What is final stays as it was; of the others, the day on which they opened stays, whatever zone their tenant has now, and the version
 * of the policy by which they went, whichever a follow-up that was opened again has now.
 */
function counted(one: CountedFact, zone: string, asked: Asked): readonly GenerationFigures[] {
  const known = new Map(one.known.map((figures) => [figures.generation, figures]));
  const versionOf = (generation: number): number => known.get(generation)?.version ?? one.version;
  const fresh = countGenerations(one, {
    lines: one.lines.map(
      ([at, kind, stage, actor, evidence, level, promised, resumedBy]): CountedLine => ({
        ...{ at, kind, stage, actor, evidence, level, promised, resumedBy },
      }),
    ),
    messages: one.messages.map(rowOf),
    zone,
    asks: (generation, message) => asked(refOf(one, versionOf(generation)), message),
  });
  return [
    ...one.known.filter(({ generation }) => generation <= one.final),
    ...fresh
      .filter(({ generation }) => generation > one.final)
      .map((figures) => sameCarriers({ ...figures, ...asBefore(known.get(figures.generation)) }, known, one)),
  ];
}

/** What was counted by an older release says nothing of its version. */
const asBefore = (known: GenerationFigures | undefined): Partial<GenerationFigures> => ({
  ...(known === undefined ? {} : { day: known.day }),
  ...(known?.version === undefined ? {} : { version: known.version }),
});

function rowOf({ carrier, watched, hours, ...message }: MessageRead): CountedRow {
  return {
    ...message,
    watched: watchedOf(watched),
    hours: hours === null ? null : (HOUR_KINDS[hours] ?? null),
    carrier: carrier === null || carrier === 'pending' ? null : shownBy(carrier),
  };
}
const shownBy = ({
  status,
  engagement,
  watched,
}: {
  readonly status: MessageStatus;
  readonly engagement: readonly EngagementSeen[];
  readonly watched: number | null;
}) => ({ status, engagement, watched: watchedOf(watched) });
const watchedOf = (bits: number | null) => ({ opens: ((bits ?? 0) & 1) > 0, clicks: ((bits ?? 0) & 2) > 0 });

/** A carrier that retention has taken away first told its fate before: what was counted of it stays. */
function sameCarriers(
  figures: GenerationFigures,
  known: ReadonlyMap<number, GenerationFigures>,
  { messages }: CountedFact,
): GenerationFigures {
  const orphans = new Set(
    messages.flatMap(({ id, status, carrier }) => (status === 'merged' && carrier === null ? [tailOf(id)] : [])),
  );
  const before = known.get(figures.generation)?.messages;
  if (orphans.size === 0 || before === undefined) return figures;
  return {
    ...figures,
    messages: figures.messages.map((message) => {
      const { merged } = message;
      const was =
        merged === undefined || !orphans.has(merged) ? undefined : before.find((one) => one.merged === merged);
      if (was === undefined) return message;
      const response = was.response === null ? null : message.response;
      return { ...message, counts: withFateOf(was.counts, message.counts), response };
    }),
  };
}
