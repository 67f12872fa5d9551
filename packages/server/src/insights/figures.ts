// Counts what has changed, and adds the differences to the sums: one slot a transaction, its marks, the facts and the sums together, so
// that whatever dies between any two statements has done nothing. One follow-up is counted from its rows alone by the core. Called by
// the sweep's ticker, by pruning before it takes rows away, and by whoever asks for figures (answer.ts).
import { isDeepStrictEqual } from 'node:util';
import {
  addGeneration,
  type CountedLine,
  type CountedRow,
  countGenerations,
  type Differences,
  type EngagementSeen,
  type GenerationFigures,
  HOUR_KINDS,
  isNothing,
  type MessageStatus,
  tailOf,
  withFateOf,
} from '@relance/core';
import type { Figures } from '../engine/ports.ts';
import { type Database, ENGINE, isDatabaseDown, type Tx } from '../store/database.ts';
import { addDifferences } from '../store/sql/metric-day.ts';
import {
  type CountedFact,
  type Fact,
  type Held,
  lockMetricPass,
  type MessageRead,
  putFacts,
  readCounted,
  slotsMarked,
  slotsOfLittle,
  takeMarks,
} from '../store/sql/metric-fact.ts';
import { markFollowUps } from '../store/sql/metric-mark.ts';
import { addUpMonth, lockStaleMonth } from '../store/sql/metric-month.ts';
import { tenantSettings } from '../store/sql/tenant.ts';
import { Asking } from './asking.ts';

/** Their rows are in memory together: some tens of thousands. */
const MARKS_A_PASS = 2_000;
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
  /** One slot that cannot be counted keeps no other from it; its marks stay. */
  const count = async (slot: number, held: Held): Promise<number> => {
    try {
      return await database.transaction(ENGINE, (tx) => countSlot(tx, slot, held, asking));
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      log.error({ error, slot }, 'the figures of a slot cannot be counted; they stay as they were');
      return 0;
    }
  };
  return {
    async count() {
      let counted = 0;
      for (const slot of await database.transaction(ENGINE, slotsMarked)) counted += await count(slot, 'left');
      return counted;
    },
    async countLittle() {
      const slots = await database.transaction(ENGINE, (tx) => slotsOfLittle(tx, LITTLE));
      for (const slot of slots) await count(slot, 'waited for');
    },
    async addUp() {
      let months = 0;
      while (await database.transaction(ENGINE, (tx) => addUpOne(tx, { rowsMin, restMinutes }))) months += 1;
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

/** Answers how many follow-ups were counted. */
async function countSlot(tx: Tx, slot: number, held: Held, asking: Asking): Promise<number> {
  if (!(await lockMetricPass(tx, slot, held))) return 0;
  const ids = await takeMarks(tx, slot, MARKS_A_PASS);
  const read = await readCounted(tx, slot, ids);
  // What went in a message that is not finished yet is counted with it: its own end leaves no mark here.
  const waits = read.filter(({ messages }) => messages.some(({ carrier }) => carrier === 'pending'));
  await markFollowUps(
    tx,
    waits.map(({ id, tenant }) => ({ slot, id, tenant })),
  );
  const ready = read.filter((one) => !waits.includes(one));
  const settings = await tenantSettings(tx, [...new Set(ready.map(({ tenant }) => tenant))]);
  await asking.load(tx, ready.map(refOf));
  const differences: Differences = new Map();
  const facts: Fact[] = [];
  for (const one of ready) {
    const generations = counted(one, settings.get(one.tenant)?.zone ?? ZONE, asking);
    if (isDeepStrictEqual(generations, one.known)) continue;
    for (const known of one.known) addGeneration(differences, one.tenant, known, -1);
    for (const now of generations) addGeneration(differences, one.tenant, now, 1);
    facts.push({ slot, id: one.id, tenant: one.tenant, generations });
  }
  await putFacts(tx, facts);
  await addDifferences(
    tx,
    [...differences.values()].filter((one) => !isNothing(one)),
  );
  return ready.length;
}

const refOf = ({ tenant, policy, version }: CountedFact) => ({ tenant, id: policy, version });

/** What is final stays as it was; of the others, the day on which they opened stays, whatever zone their tenant has now. */
function counted(one: CountedFact, zone: string, asking: Asking): readonly GenerationFigures[] {
  const known = new Map(one.known.map((figures) => [figures.generation, figures]));
  const fresh = countGenerations(one, {
    lines: one.lines.map(
      ([at, kind, stage, actor, evidence, level]): CountedLine => ({ at, kind, stage, actor, evidence, level }),
    ),
    messages: one.messages.map((message) => rowOf(one, message, asking)),
    zone,
  });
  return [
    ...one.known.filter(({ generation }) => generation <= one.final),
    ...fresh
      .filter(({ generation }) => generation > one.final)
      .map((figures) =>
        sameCarriers({ ...figures, day: known.get(figures.generation)?.day ?? figures.day }, known, one),
      ),
  ];
}

function rowOf(one: CountedFact, { carrier, watched, hours, ...message }: MessageRead, asking: Asking): CountedRow {
  return {
    ...message,
    watched: watchedOf(watched),
    hours: hours === null ? null : (HOUR_KINDS[hours] ?? null),
    carrier: carrier === null || carrier === 'pending' ? null : shownBy(carrier),
    asks: asking.asks(refOf(one), message),
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
      return was === undefined ? message : { ...message, counts: withFateOf(was.counts, message.counts) };
    }),
  };
}
