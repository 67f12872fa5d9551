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
  #known = new Map<string, Asks>();

  /** What these versions ask, for whoever counts now; others may load others meanwhile. */
  async load(tx: Tx, refs: readonly PolicyRef[]): Promise<Asked> {
    const wanted = new Map(refs.map((ref) => [versionKey(ref), ref]));
    const read = new Map<string, Asks>();
    for (const key of wanted.keys()) {
      const known = this.#known.get(key);
      if (known !== undefined) read.set(key, known);
    }
    const missing = [...wanted].filter(([key]) => !read.has(key)).map(([, ref]) => ref);
    if (missing.length > 0)
      for (const row of await readPolicyVersions(tx, missing)) {
        const compiled = compilePolicy(row.written, row.version);
        read.set(versionKey(row), compiled.ok ? asksOf(compiled.policy.stages) : null);
      }
    if (this.#known.size + missing.length > VERSIONS_MAX) this.#known = new Map();
    for (const [key, asks] of read) this.#known.set(key, asks);
    return (ref, { stage, notify }) => {
      const asks = read.get(versionKey(ref)) ?? null;
      return asks === null ? !ENDINGS.has(stage) : asks.has(`${stage}/${notify}`);
    };
  }
}

/** Whether a message of a version that was loaded asks its reader for something. */
export type Asked = (ref: PolicyRef, message: { readonly stage: string; readonly notify: number }) => boolean;

const ENDINGS: ReadonlySet<string> = new Set(['resolved', 'cancelled', 'expired']);

const asksOf = (stages: readonly Stage[]): ReadonlySet<string> =>
  new Set(
    stages
      .filter(({ role }) => ASKING.has(role))
      .flatMap(({ id, notify }) => notify.flatMap((one, index) => (speaksToMore(one) ? [`${id}/${index}`] : []))),
  );
const speaksToMore = ({ to }: Notify): boolean => to.some(({ kind }) => !ONLY_TOLD.has(kind));
