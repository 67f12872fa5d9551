// Mutants: engines with one rule broken, which the simulation must notice, or it proves nothing. The rule is broken between
// the engine and its database, so the source stays as it is. `npm run sim -- --mutants` tells which worlds notice which.
import type { Database, Tx } from '../../packages/server/src/store/database.ts';

/** A statement as a mutant sends it, and what it answers instead of the rows. */
export interface Mutant {
  readonly name: string;
  /** A seed that notices, found by trying; the test begins there, so that it need not look for long. */
  readonly from: number;
  readonly rewrite?: (text: string) => string;
  readonly answer?: (rows: readonly unknown[], text: string, values: readonly unknown[]) => readonly unknown[];
}
export interface Planted {
  readonly mutate: (inner: Database) => Database;
  /** How often it got to bite, and what the server could not read: a mutant must break a rule, not the grammar. */
  bites: number;
  readonly unreadable: string[];
}

/** Breaks a rule without touching the source, between the engine and its database. */
export function plant({ rewrite = (text) => text, answer = (rows) => rows }: Mutant): Planted {
  const planted: Planted = {
    bites: 0,
    unreadable: [],
    mutate: (inner) => ({
      transaction: (scope, work) =>
        inner.transaction(scope, (tx) => work({ query: (text, values) => ask(tx, text, values) })),
      close: () => inner.close(),
    }),
  };
  async function ask<R>(tx: Tx, text: string, values: readonly unknown[] = []): Promise<R[]> {
    const asked = rewrite(text);
    try {
      const rows = await tx.query<R>(asked, values);
      const answered = answer(rows, text, values) as R[];
      if (asked !== text || answered !== rows) planted.bites += 1;
      return answered;
    } catch (error) {
      if (asked !== text) planted.unreadable.push((error as Error).message);
      throw error;
    }
  }
  return planted;
}

/** A fence that never moves: an answer of an older holder counts. test/e2e/fence.test.ts tells the story that it breaks. */
export const STILL_FENCE: Mutant = {
  name: 'fences that never move',
  from: 1,
  rewrite: (text) => text.replace('fence = o.fence + 1', 'fence = o.fence'),
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'commands that revoke nothing',
    from: 4,
    rewrite: (text) => text.replace("o.status IN ('planned', 'deferred', 'queued', 'leased')", 'false'),
  },
  {
    name: 'a gate that believes what was claimed',
    from: 3,
    answer: (rows, text, values) =>
      text.includes("SET status = 'sending'") ? (values[1] as string[]).map((id) => ({ id })) : rows,
  },
  {
    name: 'timers that are not moved',
    from: 1,
    rewrite: (text) => text.replace('FROM x WHERE is_now IS NOT NULL', 'FROM x WHERE is_now IS NOT NULL AND false'),
  },
  {
    name: 'leases given back although the message was sent',
    from: 13,
    rewrite: (text) =>
      text.replace("WHERE status = 'leased' AND lease_until", "WHERE status IN ('leased', 'sending') AND lease_until"),
  },
  {
    name: 'keys that are never freed',
    from: 1,
    rewrite: (text) =>
      text.includes('DELETE FROM relance.live_keys') ? text.replace(/\bWHERE\b/, 'WHERE false AND') : text,
  },
  {
    name: 'digests that keep what was stopped',
    from: 6,
    rewrite: (text) =>
      text.replace(
        "AND o.status IN ('planned', 'deferred', 'queued', 'leased')\n       RETURNING",
        "AND o.together IS NULL AND o.status IN ('planned', 'deferred', 'queued', 'leased')\n       RETURNING",
      ),
  },
  {
    name: 'places in a budget given back by whoever has lost them',
    from: 76,
    rewrite: (text) => text.replace(' AND u.fence = x.fence', ''),
  },
  {
    name: 'budgets that count nothing',
    from: 2,
    rewrite: (text) =>
      text.includes('INSERT INTO relance.usages')
        ? text.replace('ON CONFLICT (slot, tenant, recipient, message_id)', 'WHERE false $&')
        : text,
  },
  { name: 'pauses that nobody keeps', from: 11, answer: without('pausedUntil') },
  { name: 'quiet hours that nobody keeps', from: 8, answer: without('quietHours') },
  { name: 'digests that nobody waits for', from: 13, answer: without('frequency') },
  {
    name: 'choices that nobody keeps',
    from: 40,
    rewrite: (text) =>
      text.replace(
        'c.recipient, c.category, c.channel, c.wanted, NULL FROM',
        'c.recipient, c.category, c.channel, true, NULL FROM',
      ),
  },
];

/** What people have chosen, without one thing. */
function without(word: string): NonNullable<Mutant['answer']> {
  return (rows, text) => {
    if (
      !text.includes('preferences') ||
      !(rows as readonly Chooses[]).some(({ preferences }) => preferences?.[word] != null)
    )
      return rows;
    return (rows as readonly Chooses[]).map((row) => ({
      ...row,
      preferences: { ...row.preferences, [word]: undefined },
    }));
  };
}
interface Chooses {
  readonly preferences?: Readonly<Record<string, unknown>> | null;
}
