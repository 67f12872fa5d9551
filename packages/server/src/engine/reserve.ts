// The budget of a recipient, reserved before the gate: counted for all nodes together, in the recipient's own slot. What there
// is no room for waits for the next morning, with whatever else waits for the same person; what is not handed over after all
// gives its place back.
import { heldByBudget, type Instant, later, USES_COUNT_MS } from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { urgencyAt } from '../store/sql/outbox.ts';
import { inSets } from '../store/sql/slot.ts';
import { deleteUsages, insertUsages, lockUsages, type NewUsage, usageKey, usageOf } from '../store/sql/usage.ts';
import type { Ready } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';

/** Those that must wait, and until when; the others have their place. */
export async function reserveUses<One extends Ready>(
  engine: Pick<Engine, 'database' | 'spanning'>,
  all: readonly One[],
  now: Instant,
): Promise<Map<One, Instant>> {
  const held = new Map<One, Instant>();
  const limited = all.flatMap((one) => (one.budget === null ? [] : [{ one, budget: one.budget, ...placeOf(one) }]));
  if (limited.length === 0) return held;
  await engine.database.transaction(ENGINE, async (tx) => {
    for (const [slots, own] of inSets(engine.spanning, limited)) {
      const people = [...new Map(own.map((one) => [usageKey(one), usageOf(one.tenant, one.recipient)])).values()];
      const known = await lockUsages(tx, slots, people, later(now, -USES_COUNT_MS));
      const added: NewUsage[] = [];
      for (const { one, budget, ...place } of own) {
        const uses = [
          ...(known.get(usageKey(place)) ?? []).filter(({ message }) => message !== place.message),
          ...added.filter((other) => usageKey(other) === usageKey(place)).map(({ channel }) => ({ at: now, channel })),
        ];
        const urgency = urgencyAt(one.row.urgency);
        const until = heldByBudget(
          budget.budget,
          uses,
          { channel: place.channel, urgency },
          budget.zone,
          now,
          budget.opensAt,
        );
        if (until === null) added.push(place);
        else held.set(one, until);
      }
      await insertUsages(tx, added, now);
    }
  });
  return held;
}

/** What did not leave gives its place back. Never throws: a place that stays counted costs less than what its caller has in hand. */
export function releaseUses(engine: Pick<Engine, 'database' | 'log'>, all: readonly Ready[]): Promise<void> {
  const limited = all.filter(({ budget }) => budget !== null).map(placeOf);
  return counted(engine, limited, (tx) => deleteUsages(tx, limited));
}

/** Where the first of several was stopped at the gate, another carries the rest: what was counted for the one counts for it. */
export function passUses(
  engine: Pick<Engine, 'database' | 'log'>,
  gated: readonly { readonly from: Ready; readonly to: Ready | null }[],
  now: Instant,
): Promise<void> {
  const limited = gated.flatMap(({ from, to }) =>
    to === null || from.budget === null || from.row.id === to.row.id
      ? []
      : [{ before: placeOf(from), place: placeOf(to) }],
  );
  return counted(engine, limited, async (tx) => {
    await insertUsages(
      tx,
      limited.map(({ place }) => place),
      now,
    );
    await deleteUsages(
      tx,
      limited.map(({ before }) => before),
    );
  });
}

async function counted(
  { database, log }: Pick<Engine, 'database' | 'log'>,
  limited: readonly unknown[],
  write: (tx: Tx) => Promise<void>,
): Promise<void> {
  if (limited.length === 0) return;
  await database
    .transaction(ENGINE, write)
    .catch((error: unknown) => log.warn({ error }, 'what a budget has counted could not be put right'));
}

const placeOf = ({ row: { tenant, recipient, id, channel, fence } }: Ready): NewUsage => ({
  ...usageOf(tenant, recipient),
  message: id,
  channel,
  fence,
});
