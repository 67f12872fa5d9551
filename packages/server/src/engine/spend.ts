// What quotas of tenants and rate limits of connections leave of a set of messages: counted by the database for all nodes
// together, on its clock. What is over a limit waits its turn; nothing is dropped.
import type { Instant } from '@relance/core';
import type { Connection } from '../channels/channel.ts';
import { ENGINE, type Tx } from '../store/database.ts';
import { type Allowance, takeAllowances } from '../store/sql/allowance.ts';
import type { OutboxRow } from '../store/sql/outbox.ts';
import type { ConnectionBook } from './connection-book.ts';
import type { Engine } from './engine.ts';
import type { RestCause } from './judge.ts';

const SECOND_MS = 1_000;
const DAY_SECONDS = 86_400;
/** A tenant's quota is looked at again after this, if not sooner. */
const QUOTA_REST_MS = 60_000;
const QUOTA = 'messages';

/** No tenant has this name: what all of them share. */
const EVERYBODY = '';

export interface LimitMet {
  readonly cause: Extract<RestCause, 'quota_spent' | 'rate_limited'>;
  readonly retryAfterMs: number;
}

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
    for (const limit of limitsOf(engine, one.row.tenant, one.connection)) {
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
  wanted.forEach(({ own, ...limit }, index) => {
    const cause = causeOf(limit);
    own.slice(given[index] ?? 0).forEach((one, place) => {
      const turnMs = ((place + 1) / limit.rate) * SECOND_MS * engine.clock.scale;
      const waitMs = Math.ceil(cause === 'quota_spent' ? Math.max(QUOTA_REST_MS, turnMs) : turnMs);
      if (!waiting.has(one)) waiting.set(one, { cause, until: (now + waitMs) as Instant });
    });
  });
  return waiting;
}

/** What a message of a tenant takes from: its own quota, and what its connection may hand over a second. */
export function limitsOf(
  {
    messagesADay: quota,
    connections,
  }: Pick<Engine, 'messagesADay'> & { readonly connections: Pick<ConnectionBook, 'isShared'> },
  tenant: string,
  connection: Connection,
): readonly Allowance[] {
  const { perSecondMax, channel, id } = connection;
  // Of the server's own accounts all tenants take together: their provider counts them as one.
  const owner = connections.isShared(connection)
    ? { tenant: EVERYBODY, scope: `connection:${channel}:${id}` }
    : { tenant, scope: `connection:${id}` };
  return [
    ...(quota === null || channel === 'inbox'
      ? []
      : [{ tenant, scope: QUOTA, rate: quota / DAY_SECONDS, burst: quota }]),
    ...(perSecondMax == null ? [] : [{ ...owner, rate: perSecondMax, burst: Math.max(1, perSecondMax) }]),
  ];
}

/** Which limit was met, and how long until there is more; null where there is enough for one. */
export async function spendOne(tx: Tx, limits: readonly Allowance[]): Promise<LimitMet | null> {
  const given = await takeAllowances(
    tx,
    limits.map((limit) => ({ ...limit, want: 1 })),
  );
  const met = limits.find((_, index) => given[index] === 0);
  if (met === undefined) return null;
  return { cause: causeOf(met), retryAfterMs: Math.ceil(SECOND_MS / met.rate) };
}

const causeOf = ({ scope }: Allowance): LimitMet['cause'] => (scope === QUOTA ? 'quota_spent' : 'rate_limited');
