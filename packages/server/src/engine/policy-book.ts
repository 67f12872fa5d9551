// Compiled policies by tenant, id and version: compiled once, kept for ever (a version is immutable), forgotten past a
// limit, those first that were asked for longest ago. Reads what is missing in one query. A version that an older Relance
// published and this one cannot read fails whoever needs it, and nobody else. Each counts in its calendar as it is now.
import { calendarYears, compilePolicy, type FollowUp, type Instant, type Policy, withCalendar } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { calendarVersions, readCalendars } from '../store/sql/calendar.ts';
import { type PolicyRef, readPolicyVersions } from '../store/sql/policy-version.ts';
import { compileCalendar } from './calendar-book.ts';

const POLICIES_MAX = 5_000;
const keyOf = (ref: PolicyRef): string => `${ref.tenant}\n${ref.id}\n${ref.version}`;

export class PolicyBook {
  /** In the order they were last asked for. */
  readonly #known = new Map<string, Policy | UnreadablePolicy>();
  /** Which version of its calendar a policy counts in, and of which years. */
  readonly #calendars = new Map<string, string>();
  readonly #max: number;

  constructor(max = POLICIES_MAX) {
    this.#max = max;
  }

  /** Brings every named version into the book. None of them is forgotten for the others, however many they are. */
  async load(tx: Tx, refs: readonly PolicyRef[], now: Instant): Promise<void> {
    await this.#read(tx, refs);
    await this.#readCalendars(tx, refs, now);
  }

  async #read(tx: Tx, refs: readonly PolicyRef[]): Promise<void> {
    const wanted = new Set(refs.map(keyOf));
    for (const key of wanted) {
      const policy = this.#known.get(key);
      if (policy === undefined) continue;
      this.#known.delete(key);
      this.#known.set(key, policy);
    }
    const missing = new Map(refs.filter((ref) => !this.#known.has(keyOf(ref))).map((ref) => [keyOf(ref), ref]));
    if (missing.size === 0) return;
    for (const row of await readPolicyVersions(tx, [...missing.values()])) {
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
      this.#calendars.delete(key);
    }
  }

  /** Named ones in their latest version; all with the holidays of the years around now. One that is gone is none. */
  async #readCalendars(tx: Tx, refs: readonly PolicyRef[], now: Instant): Promise<void> {
    const years = calendarYears(now);
    const asked = new Map<string, Counting>();
    for (const ref of refs) {
      const policy = this.find(ref);
      const source = policy?.calendarSource ?? null;
      if (policy === null || source === null || (source.kind === 'written' && source.written.holidays === undefined))
        continue;
      asked.set(keyOf(ref), { ref, policy, source });
    }
    if (asked.size === 0) return;
    const named = [...asked.values()].flatMap(({ ref, source }) =>
      source.kind === 'named' ? [{ tenant: ref.tenant, id: source.id }] : [],
    );
    const versions = new Map(
      (await calendarVersions(tx, named)).map((one) => [`${one.tenant}\n${one.id}`, one.version]),
    );
    const changed = [...asked].flatMap(([key, counting]) => {
      const version =
        counting.source.kind === 'named' ? (versions.get(`${counting.ref.tenant}\n${counting.source.id}`) ?? 0) : 1;
      const mark = `${version} of ${years.from}`;
      return this.#calendars.get(key) === mark ? [] : [{ key, mark, ...counting }];
    });
    if (changed.length === 0) return;
    const bodies = new Map(
      (
        await readCalendars(
          tx,
          changed.flatMap(({ ref, source }) =>
            source.kind === 'named' ? [{ tenant: ref.tenant, id: source.id }] : [],
          ),
        )
      ).map((one) => [`${one.tenant}\n${one.id}`, one.body]),
    );
    for (const { key, mark, ref, policy, source } of changed) {
      const written = source.kind === 'named' ? bodies.get(`${ref.tenant}\n${source.id}`) : source.written;
      const reading =
        written === undefined
          ? null
          : await compileCalendar(source.kind === 'named' ? source.id : null, written, years);
      this.#known.set(key, withCalendar(policy, reading?.ok === true ? reading.calendar : null));
      this.#calendars.set(key, mark);
    }
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

interface Counting {
  readonly ref: PolicyRef;
  readonly policy: Policy;
  readonly source: NonNullable<Policy['calendarSource']>;
}

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
