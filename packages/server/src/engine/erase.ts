// Erasing a person: one call, and when it answers nothing starts for them any more and the server knows them no longer. The first
// transaction takes back what waits and takes the profile away; what others have written of them is found piece by piece, each a
// transaction that moves its row on (store/sql/erasure.ts), so that a crash repeats nothing. The call does as many pieces as it has
// time for; the sweep does the rest. What stays, and why: docs/concepts/privacy.md.
//
//   live (somebody else is asked) → outbox (what was in flight has ended) → rows → follow_ups → events → check → done
import { randomBytes, randomUUID } from 'node:crypto';
import { type Instant, scrubber, standInOf, tracePattern, traceWords } from '@relance/core';
import { ENGINE, isHeld, type Tx } from '../store/database.ts';
import { aboutRecipient, insertAudit } from '../store/sql/audit.ts';
import { deletePassing, deleteProfile, hashSuppressions, lockProfile, namedIn } from '../store/sql/erase-person.ts';
import { getErasure, insertErasure, openErasures, runningErasure } from '../store/sql/erasure.ts';
import { takeBackPerson } from '../store/sql/take-back.ts';
import type { Engine } from './engine.ts';
import { erasePiece } from './erase-piece.ts';
import type { Erasures } from './ports.ts';

/** A call that takes longer is answered with where to ask, and the sweep goes on. */
const CALL_MS = 5_000;
/** Each piece is short; between two of them the other parts of the sweep have their turn. */
const PIECES_A_SWEEP = 50;
const ERASURES_A_SWEEP = 20;
const TAKEN_BACK_MAX = 10_000;

export function createErasures(engine: Engine): Erasures {
  const { database, clock } = engine;
  return {
    async erase(tenant, recipient, asked) {
      const now = await clock.now();
      const begun = await database.transaction(ENGINE, (tx) => begin(tx, { ...asked, tenant, recipient, now }));
      if (begun === null) return null;
      // What a transaction that was under way meanwhile has queued.
      await database.transaction(ENGINE, (tx) => takeBackPerson(tx, { tenant, recipient }, TAKEN_BACK_MAX));
      const until = engine.monotonic() + CALL_MS;
      while (engine.monotonic() < until && (await movePiece(engine, begun, now)) === 'more');
      engine.nudge.wake();
      engine.nudge.deliver();
      return database.transaction(ENGINE, async (tx) => {
        const erasure = await getErasure(tx, tenant, begun);
        return erasure === null ? null : { erasure, named: await namedIn(tx, { tenant, recipient }) };
      });
    },
    status: (tenant, id) => database.transaction(ENGINE, (tx) => getErasure(tx, tenant, id)),
  };
}

interface Asked {
  readonly tenant: string;
  readonly recipient: string;
  readonly by: string | null;
  readonly reason: string | null;
  readonly now: Instant;
}

/** Null where there is nobody, and no erasure of them under way. */
async function begin(tx: Tx, { tenant, recipient, by, reason, now }: Asked): Promise<string | null> {
  const about = aboutRecipient(tx, tenant, recipient);
  if (about === null) throw new Error('Nothing is erased without the key of keyed hashes.');
  const profile = await lockProfile(tx, { tenant, recipient });
  const running = await runningErasure(tx, tenant, about);
  if (profile === null || running !== null) return running;
  const { name, endpoints } = profile;
  const addresses = endpoints.filter(({ channel }) => channel !== 'push').map(({ address }) => address);
  const words = traceWords(recipient, { name, addresses });
  const taken = await takeBackPerson(tx, { tenant, recipient }, TAKEN_BACK_MAX);
  const suppressions = await hashSuppressions(tx, tenant, endpoints);
  await deletePassing(tx, tenant, tracePattern(words, recipient));
  const counts = { ...(await deleteProfile(tx, { tenant, recipient })), suppressions, takenBack: taken.length };
  const id = randomUUID();
  // Chance, and not a hash of the id: nobody can tell again who it was, not even who has the keys.
  const standIn = standInOf(randomBytes(12).toString('hex'));
  await insertErasure(tx, { id, tenant, about, standIn, recipient, words, counts, now });
  const told = reason === null ? null : scrubber([...words, recipient], standIn).text(reason);
  await insertAudit(tx, { tenant, by, action: 'recipient.erased', about, data: { erasure: id, reason: told } });
  return id;
}

/** `held`: somebody has it in hand, or holds what it needs; it is tried again in a moment. */
async function movePiece(engine: Engine, id: string, now: Instant): Promise<'more' | 'waits' | 'done'> {
  try {
    const { state, reports } = await engine.database.transaction(ENGINE, (tx) =>
      erasePiece(tx, id, { policies: engine.policies, now }),
    );
    for (const report of reports) engine.report(report);
    return state;
  } catch (error) {
    if (isHeld(error)) return 'waits';
    throw error;
  }
}

/** The sweep's part: erasures that a call has left, or a crash. Answers how many pieces were done. */
export async function sweepErasures(engine: Engine, now: Instant): Promise<number> {
  const ids = await engine.database.transaction(ENGINE, (tx) => openErasures(tx, ERASURES_A_SWEEP));
  let pieces = 0;
  for (const id of ids) {
    while (!engine.stopping && pieces < PIECES_A_SWEEP && (await movePiece(engine, id, now)) === 'more') pieces += 1;
  }
  return pieces;
}
