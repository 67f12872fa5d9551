// A recipient is created while somebody else moves the follow-up that waits for them: it keeps one timer, its own.
import { expect, it } from 'vitest';
import { runInside } from '../../packages/server/src/engine/command.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putRecipients, wakeWaiting } from '../../packages/server/src/store/sql/recipient.ts';
import { createWorld, person } from '../world.ts';

it('leaves no timer behind that nobody owns', async () => {
  const world = await createWorld();
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: event.data.assignee
unknownGrace: 3 hours
acknowledged: { resumeAfter: 1 hour }
stages: [{ id: notice, at: opened }]
`);
  const [opened] = await world.event('task', { id: 1, assignee: 'ana' });
  const id = opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
  const now = await world.now();
  const { promise: created, resolve: done } = Promise.withResolvers<number>();
  await world.database.transaction(ENGINE, async (tx) => {
    // It will be woken when the acknowledgement runs out, before the grace is over.
    await runInside(
      tx,
      world.node.engine,
      'default',
      { kind: 'id', id },
      {
        command: { kind: 'acknowledge' },
        actor: { kind: 'api', id: null },
        evidence: 'proven',
        channel: null,
        comment: null,
      },
      [],
    );
    const creating = world.database.transaction(ENGINE, async (other) => {
      await putRecipients(other, 'default', [person({ id: 'ana', email: 'ana@example.test' })]);
      return wakeWaiting(other, 'default', ['ana'], now);
    });
    void creating.then(done);
    // Committed only once the other is waiting for this row.
    const waiting = async () =>
      (
        await world.database.transaction(ENGINE, async (watch) => {
          await watch.query('SET LOCAL ROLE NONE'); // who connected sees what its own connections wait for
          return watch.query(
            `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
        })
      ).length;
    while ((await waiting()) === 0);
  });
  expect(await created).toBe(1);
  const timers = await world.database.transaction(ENGINE, (tx) =>
    tx.query(
      'SELECT t.wake_at = f.wake_at AS own FROM relance.timers t JOIN relance.follow_ups f ON f.id = t.follow_up_id',
    ),
  );
  expect(timers).toEqual([{ own: true }]);
  await world.advance('4 hours');
  expect(world.sent()).toContain('email ana notice');
  await world.end();
});
