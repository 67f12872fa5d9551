// What passes the gate as one message, known before the first of it is handed over: read off what the engine asks its database,
// since an envelope says how many it carries and not which. Partner: judge.ts, which judges each of them.
import type { Channel, Instant } from '@relance/core';
import type { Database, Tx } from '../../packages/server/src/store/database.ts';
import type { OutboxRow } from '../../packages/server/src/store/sql/outbox.ts';

/** One message of a hand-over: the carrier itself, or one that goes in it. */
export interface Item {
  readonly id: string;
  readonly followUp: string;
  readonly policy: string;
  readonly stage: string;
  readonly recipient: string;
  readonly channel: Channel;
  readonly urgent: boolean;
  readonly plannedAt: Instant;
  /** How often it had passed the gate before it was claimed. */
  readonly attempts: number;
}

const GATE = `SET status = 'sending'`;
const CLAIM = `SET status = 'leased'`;

export class Gate {
  readonly #rows = new Map<string, OutboxRow>();
  readonly #policies = new Map<string, string>();
  readonly #together = new Map<string, readonly string[]>();

  /** What `id` went with when it last passed the gate, itself included, in the order in which they were claimed. */
  itemsOf(id: string): readonly Item[] {
    return (this.#together.get(id) ?? [id]).map((one) => {
      const row = this.#rows.get(one);
      if (row === undefined) throw new Error(`nobody claimed ${one}`);
      return {
        id: one,
        followUp: row.follow_up_id,
        policy: this.#policies.get(row.follow_up_id) ?? '',
        stage: row.stage,
        recipient: row.recipient,
        channel: row.channel,
        urgent: row.urgency === URGENT,
        plannedAt: row.planned_at,
        attempts: row.attempts,
      };
    });
  }

  watching(inner: Database): Database {
    return {
      transaction: async (scope, work) => {
        const passed = new Map<string, string[]>();
        const made = await inner.transaction(scope, (tx) =>
          work({ query: (text, values) => this.#ask(tx, passed, text, values) }),
        );
        for (const group of passed.values()) for (const id of group) this.#together.set(id, group);
        return made;
      },
      close: () => inner.close(),
    };
  }

  async #ask<R>(tx: Tx, passed: Map<string, string[]>, text: string, values?: readonly unknown[]): Promise<R[]> {
    const rows = await tx.query<R>(text, values);
    if (text.includes(CLAIM)) for (const row of rows as OutboxRow[]) this.#rows.set(row.id, row);
    if (text.includes('relance.follow_ups f'))
      for (const { id, policy } of rows as { readonly id?: string; readonly policy?: string }[])
        if (id !== undefined && policy !== undefined) this.#policies.set(id, policy);
    if (text.includes(GATE)) {
      const [, ids, , ways] = values as [unknown, readonly string[], unknown, readonly string[]];
      const through = new Set((rows as { readonly id: string }[]).map(({ id }) => id));
      ids.forEach((id, index) => {
        if (!through.has(id)) return;
        const word = ways[index]?.split('\n')[1] || id;
        passed.set(word, [...(passed.get(word) ?? []), id]);
      });
    }
    return rows;
  }
}
const URGENT = 3;
