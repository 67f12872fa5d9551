// The database goes away between a hand-over and its record. The provider's answer is known to this node: it is written
// down when the database is back, and nothing is handed over for want of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../packages/server/src/store/database.ts';
import { createWorld, recorder, type World } from '../world.ts';

let world: World;
let away = 0;
beforeAll(async () => {
  // A provider that does not know our ids: without its answer the message would be uncertain.
  world = await createWorld({ recorders: { email: recorder('email', undefined, false) } });
  await world.people([{ id: 'ana', email: 'ana@example.test', phone: '+34600000001' }]);
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [email, { channel: sms, else: true }] } }]
`);
});
afterAll(() => world.end());

it('is told as sent, by one channel', async () => {
  const [opened] = await world.event('task', { id: 1 });
  const node = world.another({ database: awayAfterTheGate(world.database, 3), pauseMs: async () => {} });
  await node.runAll();
  expect(away).toBe(3);
  await world.settle();
  expect(world.sent()).toEqual(['email ana notice']);
  const id = opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
  const lines = (await world.timeline(id)).map((line) => `${line.kind} ${line.reason}`);
  expect(lines).toEqual(['opened event', 'stage_ran opened', 'message_sent opened']);
});

/** Refuses the transactions that follow the first message past the gate, as a server does that restarts. */
function awayAfterTheGate(database: Database, times: number): Database {
  let passed = false;
  return {
    transaction(scope, work) {
      if (passed && away < times) {
        away += 1;
        return Promise.reject(Object.assign(new Error('the database system is shutting down'), { code: '57P01' }));
      }
      return database.transaction(scope, (tx) =>
        work({
          query: (text, values) => {
            if (text.includes(`SET status = 'sending'`)) passed = true;
            return tx.query(text, values);
          },
        }),
      );
    },
    close: () => database.close(),
  };
}
