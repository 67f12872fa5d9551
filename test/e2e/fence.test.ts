// The fence of a hand-over: whoever held a message before and answers late does not answer for who holds it now. Told with the
// engine as it is, and with a fence that never moves, which must be noticed here.
import type { Outcome } from '@relance/core';
import { expect, it } from 'vitest';
import type { Database } from '../../packages/server/src/store/database.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { plant, STILL_FENCE } from '../sim/mutants.ts';
import { until } from '../until.ts';
import { createWorld, recorder } from '../world.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: "'ana'"
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;
const REFUSED: Outcome = { kind: 'rejected', detail: 'no such user' };
const TAKEN: Outcome = { kind: 'accepted', providerId: null };

/** A node is asked twice about one message: its own hand-over was taken for lost, and another's is under way. */
async function statusAfterLateAnswer(mutate: (inner: Database) => Database): Promise<string> {
  const answers: ((outcome: Outcome) => void)[] = [];
  const email = recorder('email', () => new Promise<Outcome>((resolve) => answers.push(resolve)));
  const world = await createWorld({ recorders: { email } });
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(POLICY);
  const [first, second] = [
    world.another({ database: mutate(world.database) }),
    world.another({ database: mutate(world.database) }),
  ];
  await world.event('task.created', { id: '1' });
  const asking = first.runAll();
  await until('the first is asked', () => answers.length === 1);
  await world.database.transaction(ENGINE, (tx) =>
    tx.query(`UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second'`),
  );
  const again = (async () => {
    while (answers.length < 2) await second.runAll();
  })();
  await until('the second is asked', () => answers.length === 2);
  answers[0]?.(REFUSED);
  await asking;
  answers[1]?.(TAKEN);
  await again;
  const [row] = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ status: string }>(`SELECT status FROM relance.messages WHERE channel = 'email'`),
  );
  await world.end();
  return row?.status ?? 'still under way';
}

it('an answer of an older holder counts for nothing', async () => {
  expect(await statusAfterLateAnswer((inner) => inner)).toBe('accepted');
});

it('a fence that never moves is noticed', async () => {
  const planted = plant(STILL_FENCE);
  expect(await statusAfterLateAnswer(planted.mutate)).toBe('failed');
  expect(planted.bites).toBeGreaterThan(0);
  expect(planted.unreadable).toEqual([]);
});
