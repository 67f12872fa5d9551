// Compiled policies by tenant, id and version: compiled once, kept for ever (a version is immutable), forgotten past a
// limit, those first that were asked for longest ago. Reads what is missing in one query.
import { compilePolicy, type Policy } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type PolicyRef, readPolicyVersions } from '../store/sql/policy-version.ts';

const POLICIES_MAX = 5_000;
const keyOf = (ref: PolicyRef): string => `${ref.tenant}\n${ref.id}\n${ref.version}`;

export class PolicyBook {
  /** In the order they were last asked for. */
  readonly #known = new Map<string, Policy>();
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
      if (!compiled.ok)
        throw new Error(
          `Policy ${row.id} version ${row.version} was published but no longer compiles: ${compiled.problems[0]?.message}`,
        );
      this.#known.set(keyOf(row), compiled.policy);
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
    return policy;
  }
}
