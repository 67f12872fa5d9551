// One world, asked every question again and again: while it goes on, when its months are added up, when late receipts have changed
// them, and when retention has taken away what was counted.
import { DAY_MS } from '@relance/core';
import { expect } from 'vitest';
import { type Random, randomOf } from '../../../../test/random.ts';
import { peopleAreOfFacts } from './figure-world.test-kit.ts';
import { type Row, recounted, recountedInterrupted, recountedMessages, recountedWaits } from './recount.test-kit.ts';
import { curveOf, type Waited } from './recount-curve.test-kit.ts';
import type { Side } from './recount-rows.test-kit.ts';
import { NOT_IN_VIEWS, VIEWS, type View, viewInterrupted, viewRows, viewWaits } from './recount-views.test-kit.ts';
import { createRecountedWorld, nowOf, type RecountedWorld } from './recounted-world.test-kit.ts';

const ACTS = 24;
/** After so many acts everything is asked. */
const ASKED_EVERY = 12;
const ALL = { from: '2026-09-01', to: '2027-06-30' };
/** The whole quarter, part of a month, and months that begin and end in between. */
const WINDOWS = [
  ALL,
  { from: '2026-10-01', to: '2026-12-31' },
  { from: '2026-10-08', to: '2026-10-20' },
  { from: '2026-10-09', to: '2026-11-30' },
];

const OWN: Readonly<Record<string, readonly string[]>> = {
  overview: [],
  policies: ['policy'],
  stages: ['policy', 'stage'],
  channels: ['channel'],
  responses: [],
  escalations: ['level'],
};
/** Of each question, what it is grouped by beside its own keys. */
const GROUPED: readonly (readonly [question: string, ...groupBy: string[]])[] = [
  ['overview'],
  ['overview', 'day'],
  ['overview', 'team'],
  ['overview', 'stage', 'channel'],
  ['overview', 'policy', 'stage', 'channel', 'team', 'level', 'day'],
  ['policies'],
  ['policies', 'day'],
  ['stages'],
  ['stages', 'channel'],
  ['channels'],
  ['channels', 'policy'],
  ['responses', 'team'],
  ['escalations'],
  ['escalations', 'channel'],
  ['escalations', 'policy', 'team'],
];
const MESSAGES: readonly (readonly string[])[] = [
  [],
  ['policy', 'stage'],
  ['provider', 'channel'],
  ['template', 'templateVersion', 'locale'],
  ['provider', 'template', 'templateVersion', 'locale', 'policy', 'stage', 'channel', 'day'],
];
const TIMES = ['responseTime', 'timeToResolve', 'timeToAcknowledge'] as const;

export interface Recounted {
  readonly asked: number;
  /** Of which figures there was anything to be compared, as `timeToResolve.p50`, and of which there was none. */
  readonly had: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

export async function recountWorld(seed: number): Promise<Recounted> {
  const world = await createRecountedWorld(seed);
  const asking = new Comparison(world, seed);
  try {
    for (let act = 1; act <= ACTS; act++) {
      asking.did(await world.act());
      if (act % ASKED_EVERY === 0) await asking.everything('while it goes on');
      // Months are added up while some of them still change.
      if (act % ASKED_EVERY === ASKED_EVERY / 2) await world.addUp();
    }
    await world.addUp();
    await asking.everything('when months are added up');
    await world.lateNews(20);
    await asking.everything('after late receipts');
    for (const days of [25, 10, 100]) {
      await world.advance(days * DAY_MS);
      await world.prune({ messages: '20 days', timeline: '30 days', followUps: '90 days' });
      await world.reopen();
      await world.lateNews(3);
      await asking.everything(`after ${days} more days`);
    }
    await world.addUp();
    await asking.everything('at last');
    return asking;
  } finally {
    await world.end();
  }
}

class Comparison implements Recounted {
  asked = 0;
  readonly had = new Set<string>();
  readonly names = new Set<string>();
  readonly #world: RecountedWorld;
  readonly #seed: number;
  /** Of its own, so that a world is the same whatever is asked. */
  readonly #random: Random;
  readonly #acts: string[] = [];

  constructor(world: RecountedWorld, seed: number) {
    this.#world = world;
    this.#seed = seed;
    this.#random = randomOf(seed);
  }

  did(act: string): void {
    this.#acts.push(act);
  }

  async everything(when: string): Promise<void> {
    const now = await nowOf(this.#world);
    for (const side of this.#world.sides) await this.#everythingOf(side, `${when}, of ${side.tenant}`, now);
  }

  async #everythingOf(side: Side, when: string, now: number): Promise<void> {
    const random = this.#random;
    const { witness } = side;
    for (const [index, [question, ...more]] of GROUPED.entries())
      for (const window of index === 0 ? WINDOWS : [random.pick(WINDOWS)]) {
        const narrowed = {
          ...window,
          ...(random.chance(0.2) ? { policy: 'policy-0' } : {}),
          ...(random.chance(0.1) ? { team: 'office' } : {}),
        };
        const groupBy = [...new Set([...(OWN[question] ?? []), ...more])];
        const rows = recounted(witness, { ...narrowed, groupBy }, now);
        this.#compare(
          when,
          `${question} by ${groupBy}`,
          groupBy,
          await this.#ask(side, question, narrowed, more),
          rows,
        );
      }
    for (const groupBy of MESSAGES) {
      const rows = recountedMessages(witness, { ...ALL, groupBy });
      this.#compare(when, `messages by ${groupBy}`, groupBy, await this.#ask(side, 'messages', ALL, groupBy), rows);
    }
    this.#saw('opened again', [...witness.openings.keys()].some((opening) => opening.endsWith('/2')) ? 1 : 0);
    for (const of of TIMES) await this.#curves(side, when, of, now);
    for (const view of VIEWS) await this.#view(side, when, view);
    await peopleAreOfFacts(this.#world.http.world.database);
    for (const window of WINDOWS) await this.#interrupted(side, when, window);
    await this.#interrupted(side, when, { ...ALL, policy: random.pick(['policy-0', 'plain', 'daily']) });
    await this.#viewOfInterruptions(side, when);
    if (!side.hasPruned) await this.#viewOfWaits(side, when, now);
  }

  /** Column by column what the API answers by the same keys. */
  async #view(side: Side, when: string, view: View): Promise<void> {
    const { question, keys } = view;
    const told = await this.#ask(side, question, ALL, keys);
    const rows = await viewRows(this.#world.http.world.database, side.tenant, view);
    const name = (row: Row): string => JSON.stringify(keys.map((key) => row[key]));
    const wanted = new Map(told.map((row) => [name(row), row]));
    const why = `seed ${this.#seed}, ${when}: ${question} by ${keys} with SQL`;
    expect(rows.map(name).sort(), why).toEqual([...wanted.keys()].sort());
    for (const row of rows)
      for (const [figure, value] of Object.entries(wanted.get(name(row)) ?? {}))
        if (!NOT_IN_VIEWS.has(figure)) expect(row[figure], `${why}: ${figure} of ${name(row)}`).toBe(value);
  }

  /** While retention has taken nothing away, since these go with their follow-ups. */
  async #viewOfWaits({ tenant, witness }: Side, when: string, now: number): Promise<void> {
    const told = await viewWaits(this.#world.http.world.database, tenant);
    const sorted = (all: readonly Waited[] = []) => all.map(({ seconds, came }) => `${seconds} ${came}`).sort();
    for (const { key, waits } of recountedWaits(witness, { ...ALL, groupBy: ['policy'] }, now))
      for (const of of TIMES) {
        const what = `${of} of ${key.policy}`;
        expect(sorted(told.get(what)), `seed ${this.#seed}, ${when}: ${what} with SQL`).toEqual(sorted(waits[of]));
      }
  }

  /** As far as messages are kept. */
  async #interrupted(side: Side, when: string, narrowed: Narrowed): Promise<void> {
    const { rows } = await this.#answer(side, 'interrupted', { ...narrowed, limit: '1000' });
    const people = recountedInterrupted(side.witness, { ...narrowed, groupBy: [] });
    const why = `seed ${this.#seed}, ${when}: who was interrupted, ${JSON.stringify(narrowed)}`;
    expect(byRecipient(rows.map(({ name: _, ...row }) => row)), why).toEqual(byRecipient(people));
    for (const row of people) for (const [hours, count] of Object.entries(row)) this.#saw(`person.${hours}`, count);
  }

  async #viewOfInterruptions(side: Side, when: string): Promise<void> {
    const rows = await viewInterrupted(this.#world.http.world.database, side.tenant);
    const people = recountedInterrupted(side.witness, { from: '0001-01-01', to: '9999-12-31', groupBy: [] });
    expect(byRecipient(rows), `seed ${this.#seed}, ${when}: who was interrupted, with SQL`).toEqual(
      byRecipient(people),
    );
  }

  async #ask(
    side: Side,
    question: string,
    narrowed: Readonly<Record<string, string>>,
    groupBy: readonly string[],
  ): Promise<readonly Row[]> {
    const grouped = groupBy.length === 0 ? {} : { groupBy: groupBy.join() };
    return (await this.#answer(side, question, { ...narrowed, ...grouped })).rows;
  }

  async #answer(
    { headers }: Side,
    question: string,
    asked: Readonly<Record<string, string>>,
  ): Promise<{ readonly zone: string; readonly rows: readonly Row[] }> {
    this.asked += 1;
    const query = new URLSearchParams(asked);
    const { http } = this.#world;
    const { status, text, body } = await http.call('GET', `/v1/metrics/${question}?${query}`, undefined, headers);
    expect(status, text).toBe(200);
    return body;
  }

  #compare(when: string, what: string, keys: readonly string[], said: readonly Row[], rows: readonly Row[]): void {
    const name = (row: Row): string => JSON.stringify(keys.map((key) => row[key]));
    const wanted = new Map(rows.map((row) => [name(row), row]));
    const why = `seed ${this.#seed}, ${when}: ${what}; the last act was ${this.#acts.at(-1)}`;
    expect(said.map(name).sort(), why).toEqual([...wanted.keys()].sort());
    for (const row of said) expect(row, `${why}, of ${name(row)}`).toEqual(wanted.get(name(row)));
    for (const row of rows) {
      for (const [figure, value] of figuresIn(row)) this.#saw(figure, value);
      this.#saw('opens of programs alone', row.openRate !== row.openRateHuman ? 1 : 0);
    }
  }

  #saw(figure: string, value: unknown): void {
    this.names.add(figure);
    if (value !== null && value !== 0) this.had.add(figure);
  }

  /** At each duration at which it came for somebody, and at the last. */
  async #curves(side: Side, when: string, of: (typeof TIMES)[number], now: number): Promise<void> {
    const said = await this.#ask(side, 'curves', { ...ALL, of }, ['policy']);
    const wanted = recountedWaits(side.witness, { ...ALL, groupBy: ['policy'] }, now);
    expect(said.length).toBe(wanted.length);
    for (const { key, waits } of wanted) {
      const curve = curveOf(waits[of] ?? []).filter(({ came }, at, all) => came > 0 || at === all.length - 1);
      const points = (said.find(({ policy }) => policy === key.policy)?.points ?? []) as readonly Point[];
      const why = `seed ${this.#seed}, ${when}: the curve ${of} of ${key.policy}`;
      expect(points.map(shown), why).toEqual(curve.map(shown));
    }
  }
}

type Narrowed = Readonly<Record<'from' | 'to', string>> & { readonly policy?: string };
const byRecipient = (all: readonly Row[]): readonly Row[] =>
  all.toSorted((a, b) => (String(a.recipient) < String(b.recipient) ? -1 : 1));

interface Point {
  readonly seconds: number;
  readonly waiting: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly atRisk: number;
}
const shown = ({ seconds, waiting, lower, upper, atRisk }: Point): string =>
  `${seconds} s: ${waiting.toFixed(9)} (${lower?.toFixed(9)} to ${upper?.toFixed(9)}) of ${atRisk}`;

/** `timeToResolve.limits.p50.lower`: each value by its name. */
const figuresIn = (row: Row): readonly (readonly [name: string, value: unknown])[] =>
  Object.entries(row).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? figuresIn(value as Row).map(([part, one]) => [`${name}.${part}`, one] as const)
      : [[name, value] as const],
  );
