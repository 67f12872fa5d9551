// Which messages ask their reader for something, as the version of the policy says: a notice, a reminder, a final reminder or an
// escalation, where it speaks to more than the requester and the watchers. Versions are immutable, so what is read is kept.
import { compilePolicy, type Notify, type Stage } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type PolicyRef, readPolicyVersions, versionKey } from '../store/sql/policy-version.ts';

const VERSIONS_MAX = 5_000;
const ASKING: ReadonlySet<string> = new Set(['notice', 'reminder', 'final', 'escalation']);
const ONLY_TOLD: ReadonlySet<string> = new Set(['requester', 'watchers']);

/** By stage and which of its notifications; null where this release cannot read the version: then all of them ask. */
type Asks = ReadonlySet<string> | null;

export class Asking {
  readonly #known = new Map<string, Asks>();

  async load(tx: Tx, refs: readonly PolicyRef[]): Promise<void> {
    const missing = new Map(
      refs.filter((ref) => !this.#known.has(versionKey(ref))).map((ref) => [versionKey(ref), ref]),
    );
    if (missing.size === 0) return;
    if (this.#known.size + missing.size > VERSIONS_MAX) this.#known.clear();
    for (const row of await readPolicyVersions(tx, [...missing.values()])) {
      const compiled = compilePolicy(row.written, row.version);
      this.#known.set(versionKey(row), compiled.ok ? asksOf(compiled.policy.stages) : null);
    }
  }

  asks(ref: PolicyRef, { stage, notify }: { readonly stage: string; readonly notify: number }): boolean {
    const asks = this.#known.get(versionKey(ref)) ?? null;
    return asks === null ? !ENDINGS.has(stage) : asks.has(`${stage}/${notify}`);
  }
}

const ENDINGS: ReadonlySet<string> = new Set(['resolved', 'cancelled', 'expired']);

const asksOf = (stages: readonly Stage[]): ReadonlySet<string> =>
  new Set(
    stages
      .filter(({ role }) => ASKING.has(role))
      .flatMap(({ id, notify }) => notify.flatMap((one, index) => (speaksToMore(one) ? [`${id}/${index}`] : []))),
  );
const speaksToMore = ({ to }: Notify): boolean => to.some(({ kind }) => !ONLY_TOLD.has(kind));
