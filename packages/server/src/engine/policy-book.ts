// Compiled policies by tenant, id and version: compiled once, kept for ever (a version is immutable), forgotten past a
// limit, those first that were asked for longest ago. Reads what is missing in one query. A version that an older Relance
// published and this one cannot read fails whoever needs it, and nobody else. Each counts in its calendar as it is now.
import {
  calendarYears,
  compilePolicy,
  type FollowUp,
  type Instant,
  type Policy,
  type WrittenCalendar,
  withCalendar,
  type Years,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { latestOf, type NamedRef, namedKey } from '../store/sql/latest.ts';
import { type PolicyRef, readPolicyVersions } from '../store/sql/policy-version.ts';
import { compileCalendar } from './calendar-book.ts';

const POLICIES_MAX = 5_000;
const CALENDARS_MAX = 1_000;
const keyOf = (ref: PolicyRef): string => `${ref.tenant}\n${ref.id}\n${ref.version}`;

interface KnownCalendar {
  readonly stamp: string;
  readonly body: WrittenCalendar;
}

export class PolicyBook {
  /** In the order they were last asked for. */
  readonly #known = new Map<string, Policy | UnreadablePolicy>();
  /** Named calendars as they were last read, by tenant and id, in the order they were last asked for. */
  readonly #calendars = new Map<string, KnownCalendar>();
  /** Which state of its calendar a policy counts in, and of which years. */
  readonly #countsIn = new Map<string, string>();
  readonly #max: number;

  constructor(max = POLICIES_MAX) {
    this.#max = max;
  }

  /** Brings every named version into the book. None of them is forgotten for the others, however many they are. */
  async load(tx: Tx, refs: readonly PolicyRef[], now: Instant): Promise<void> {
    const wanted = new Map(refs.map((ref) => [keyOf(ref), ref]));
    await this.#read(tx, wanted);
    await this.#count(tx, wanted, calendarYears(now));
  }

  async #read(tx: Tx, wanted: ReadonlyMap<string, PolicyRef>): Promise<void> {
    const missing: PolicyRef[] = [];
    for (const [key, ref] of wanted) {
      const policy = this.#known.get(key);
      if (policy === undefined) missing.push(ref);
      else {
        this.#known.delete(key);
        this.#known.set(key, policy);
      }
    }
    if (missing.length === 0) return;
    for (const row of await readPolicyVersions(tx, missing)) {
      const compiled = compilePolicy(row.written, row.version);
      this.#known.set(
        keyOf(row),
        compiled.ok ? compiled.policy : new UnreadablePolicy(row, compiled.problems[0]?.message),
      );
    }
    for (const key of this.#known.keys()) {
      if (this.#known.size <= this.#max) break;
      if (wanted.has(key)) continue;
      this.#known.delete(key);
      this.#countsIn.delete(key);
    }
  }

  /** Attaches calendars: named ones as they are now, all with the holidays of these years. One that is gone is none. */
  async #count(tx: Tx, wanted: ReadonlyMap<string, PolicyRef>, years: Years): Promise<void> {
    const counting = [...wanted].flatMap(([key, ref]) => {
      const policy = this.find(ref);
      const source = policy?.calendarSource ?? null;
      if (policy === null || source === null) return [];
      return [{ key, policy, source, name: source.kind === 'named' ? { tenant: ref.tenant, id: source.id } : null }];
    });
    const calendars = await this.#readCalendars(
      tx,
      counting.flatMap(({ name }) => name ?? []),
    );
    for (const { key, policy, source, name } of counting) {
      const written = name === null ? null : (calendars.get(namedKey(name)) ?? null);
      const state = `${written?.stamp} of ${years.from}`;
      if (this.#countsIn.get(key) === state) continue;
      const body = source.kind === 'written' ? source.written : (written?.body ?? null);
      const reading = body === null ? null : await compileCalendar(name?.id ?? null, body, years);
      this.#known.set(key, withCalendar(policy, reading?.ok === true ? reading.calendar : null));
      this.#countsIn.set(key, state);
    }
  }

  /** Answers with those there are. What is known while it asks is held on to: another load may forget it meanwhile. */
  async #readCalendars(tx: Tx, names: readonly NamedRef[]): Promise<ReadonlyMap<string, KnownCalendar>> {
    const known = new Map(names.map((name) => [namedKey(name), this.#calendars.get(namedKey(name))]));
    const latest = await latestOf<WrittenCalendar>(
      tx,
      'calendars',
      names.map((name) => ({ ...name, known: known.get(namedKey(name))?.stamp ?? null })),
    );
    const found = new Map<string, KnownCalendar>();
    for (const { body: read, stamp, ...name } of latest) {
      const body = read ?? known.get(namedKey(name))?.body;
      if (body !== undefined) found.set(namedKey(name), { stamp, body });
    }
    for (const key of known.keys()) this.#calendars.delete(key);
    for (const [key, calendar] of found) this.#calendars.set(key, calendar);
    for (const oldest of this.#calendars.keys()) {
      if (this.#calendars.size <= CALENDARS_MAX) break;
      this.#calendars.delete(oldest);
    }
    return found;
  }

  get(ref: PolicyRef): Policy {
    const policy = this.#known.get(keyOf(ref));
    if (policy === undefined)
      throw new Error(`Policy ${ref.id} version ${ref.version} of tenant ${ref.tenant} is missing.`);
    if (policy instanceof Error) throw policy;
    return policy;
  }

  /** Null where get() would throw. */
  find(ref: PolicyRef): Policy | null {
    const policy = this.look(ref);
    return policy instanceof Error ? null : policy;
  }

  /** What get() would throw is answered instead; null for what was not loaded. */
  look(ref: PolicyRef): Policy | UnreadablePolicy | null {
    return this.#known.get(keyOf(ref)) ?? null;
  }
}

export const policyRefOf = ({ tenant, policy, version }: FollowUp): PolicyRef => ({ tenant, id: policy, version });

export class UnreadablePolicy extends Error {
  readonly #written: string;

  constructor(row: PolicyRef & { readonly written: unknown }, why = '') {
    super(
      `Version ${row.version} of policy "${row.id}" was published by another release of Relance and this one cannot read it: ${why} Publish a version it can read; what is pinned to the old one goes on with a release that reads it.`,
    );
    this.name = 'UnreadablePolicy';
    this.#written = JSON.stringify(row.written);
  }

  /** Whether it may have listened for events of this type, as far as can be seen without reading it. */
  names(type: string): boolean {
    if (this.#written.includes(JSON.stringify(type))) return true;
    return [...this.#written.matchAll(/"([A-Za-z0-9_.-]+)\*"/g)].some(([, prefix]) => type.startsWith(prefix ?? ''));
  }
}
