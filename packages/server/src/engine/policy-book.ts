// Compiled policies by tenant, id and version: compiled once, kept for ever (a version is immutable), forgotten oldest
// first past a limit. Reads what is missing in one query.
import { compilePolicy, type Policy } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type PolicyRef, readPolicyVersions } from '../store/sql/policy-version.ts';

const POLICIES_MAX = 5_000;
const keyOf = (ref: PolicyRef): string => `${ref.tenant}\n${ref.id}\n${ref.version}`;

export class PolicyBook {
  readonly #known = new Map<string, Policy>();

  /** Brings every named version into the book. */
  async load(tx: Tx, refs: readonly PolicyRef[]): Promise<void> {
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
    for (const key of this.#known.keys()) if (this.#known.size > POLICIES_MAX) this.#known.delete(key);
  }

  get(ref: PolicyRef): Policy {
    const policy = this.#known.get(keyOf(ref));
    if (policy === undefined)
      throw new Error(`Policy ${ref.id} version ${ref.version} of tenant ${ref.tenant} is missing.`);
    return policy;
  }
}
