// What quotas of tenants and rate limits of connections leave of a set of messages: counted by the database for all nodes
// together, on its clock. What is over a limit waits its turn; nothing is dropped.
import type { Instant } from '@relance/core';
import type { Connection } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import { type Allowance, takeAllowances } from '../store/sql/allowance.ts';
import type { OutboxRow } from '../store/sql/outbox.ts';
import type { Engine } from './engine.ts';
import type { RestCause } from './judge.ts';

const SECOND_MS = 1_000;
const DAY_SECONDS = 86_400;
/** A tenant's quota is looked at again after this, if not sooner. */
const QUOTA_REST_MS = 60_000;
const QUOTA = 'messages';

export interface Spender {
  readonly row: OutboxRow;
  readonly connection: Connection;
}

/** Those that wait, each with its cause and until when; the others have their allowance. */
export async function spendAllowances<One extends Spender>(
  engine: Engine,
  all: readonly One[],
  now: Instant,
): Promise<Map<One, { readonly cause: RestCause; readonly until: Instant }>> {
  const limited = new Map<string, Allowance & { readonly own: One[] }>();
  for (const one of all) {
    for (const limit of limitsOf(engine, one)) {
      const key = `${limit.tenant}\n${limit.scope}`;
      const known = limited.get(key) ?? { ...limit, own: [] };
      known.own.push(one);
      limited.set(key, known);
    }
  }
  const waiting = new Map<One, { readonly cause: RestCause; readonly until: Instant }>();
  if (limited.size === 0) return waiting;
  // Always in the same order, so that two nodes never wait for each other.
  const wanted = [...limited].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => ({ ...one, want: one.own.length }));
  const given = await engine.database.transaction(ENGINE, (tx) => takeAllowances(tx, wanted));
  wanted.forEach(({ own, scope, rate }, index) => {
    own.slice(given[index] ?? 0).forEach((one, place) => {
      const turnMs = ((place + 1) / rate) * SECOND_MS * engine.clock.scale;
      const waitMs = Math.ceil(scope === QUOTA ? Math.max(QUOTA_REST_MS, turnMs) : turnMs);
      const cause = scope === QUOTA ? 'quota_spent' : 'rate_limited';
      if (!waiting.has(one)) waiting.set(one, { cause, until: (now + waitMs) as Instant });
    });
  });
  return waiting;
}

function limitsOf(engine: Engine, { row, connection }: Spender): readonly Allowance[] {
  const { tenant, channel } = row;
  const { messagesADay: quota } = engine;
  const { perSecondMax } = connection;
  return [
    ...(quota === null || channel === 'inbox'
      ? []
      : [{ tenant, scope: QUOTA, rate: quota / DAY_SECONDS, burst: quota }]),
    ...(perSecondMax == null
      ? []
      : [{ tenant, scope: `connection:${connection.id}`, rate: perSecondMax, burst: Math.max(1, perSecondMax) }]),
  ];
}
