// Compiled policies by tenant, id and version: compiled once, kept for ever (a version is immutable), forgotten past a
// limit, those first that were asked for longest ago. Reads what is missing in one query. A version that an older Relance
// published and this one cannot read fails whoever needs it, and nobody else.
import { compilePolicy, type FollowUp, type Policy } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type PolicyRef, readPolicyVersions } from '../store/sql/policy-version.ts';

const POLICIES_MAX = 5_000;
const keyOf = (ref: PolicyRef): string => `${ref.tenant}\n${ref.id}\n${ref.version}`;

export class PolicyBook {
  /** In the order they were last asked for. */
  readonly #known = new Map<string, Policy | UnreadablePolicy>();
  readonly #max: number;

  constructor(max = POLICIES_MAX) {
    this.#max = max;
  }

  /** Brings every named version into the book. None of them is forgotten for the others, however many they are. */
  async load(tx: Tx, refs: readonly PolicyRef[]): Promise<void> {
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
      if (!wanted.has(key)) this.#known.delete(key);
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
