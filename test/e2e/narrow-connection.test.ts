// A provider that takes few hand-overs at once: no more messages are claimed than it has room for, so that none waits out
// a lease that nobody uses.
import { expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, eventOf, recorder } from '../world.ts';

const MESSAGES = 60;
const ROOM = 2;

it('claims what there is room for, and comes back for the rest at once', async () => {
  const email = recorder('email');
  const world = await createWorld({
    recorders: { email: { ...email, connection: { ...email.connection, concurrencyMax: ROOM } } },
  });
  await world.group(
    'office',
    Array.from({ length: MESSAGES }, (_, index) => `p${index}`),
  );
  await world.people(Array.from({ length: MESSAGES }, (_, index) => ({ id: `p${index}`, email: 'p@example.test' })));
  await world.policy(`
policy: news
open: { on: news }
key: event.data.id
assignee: "'p0'"
stages: [{ id: notice, at: opened, notify: { to: group(office), via: [email] } }]
`);
  await world.node.ingest.submit('default', [eventOf('news', { id: 1 })]);
  expect(await world.node.runAll()).toBe(ROOM);
  const idle = await world.database.transaction(ENGINE, (tx) =>
    tx.query(`SELECT id FROM relance.outbox WHERE status = 'leased'`),
  );
  expect(idle).toEqual([]);
  await world.settle();
  expect(email.sent).toHaveLength(MESSAGES);
  await world.end();
});
