// Hand-overs and their leases: a provider adapter that never answers, and a node that stands still between the gate and
// the hand-over.
import { afterEach, expect, it } from 'vitest';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, type Recorder, recorder, type World } from '../world.ts';

let world: World;
const begin = async (email: Recorder, leaseMs?: number): Promise<string> => {
  world = await createWorld({ recorders: { email }, ...(leaseMs === undefined ? {} : { engine: { leaseMs } }) });
  await world.people([{ id: 'ana', email: 'ana@example.test', phone: '+34600000001' }]);
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [email, { channel: sms, else: true }] } }]
`);
  const [opened] = await world.event('task', { id: 1 });
  return opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
};
afterEach(() => world.end());

it('an adapter that never answers is not waited for longer than its lease', async () => {
  const id = await begin(
    recorder('email', () => new Promise(() => {}), false),
    300,
  );
  await world.settle();
  expect(world.sent()).toEqual(['email ana notice', 'sms ana notice']);
  const lines = (await world.timeline(id)).map((line) => line.kind);
  expect(lines).toEqual(['opened', 'stage_ran', 'message_uncertain', 'message_sent']);
});

it('a node that stood still after the gate starts nothing that was stopped meanwhile', async () => {
  const id = await begin(recorder('email', undefined, false));
  let nowMs = 0;
  const frozen = world.another({
    monotonic: () => nowMs,
    database: afterTheGate(world.database, async () => {
      nowMs += 60_000;
      await world.database.transaction(ENGINE, (tx) =>
        tx.query(`UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second'`),
      );
      await world.settle();
      const outcome = await world.node.commands.run(
        'default',
        { kind: 'id', id },
        {
          command: { kind: 'cancel' },
          actor: { kind: 'api', id: null },
          evidence: 'proven',
          channel: null,
          comment: null,
        },
      );
      expect(outcome).toMatchObject({ kind: 'done', inFlight: [] });
    }),
  });
  await frozen.runAll();
  expect(world.sent()).toEqual(['sms ana notice']);
});

it('what a node did not get round to leaves at once, and is not held against the provider', async () => {
  const id = await begin(recorder('email', undefined, false));
  let nowMs = 0;
  const frozen = world.another({
    monotonic: () => nowMs,
    database: afterTheGate(world.database, async () => {
      nowMs += 60_000;
    }),
  });
  await frozen.runAll();
  expect(world.sent()).toEqual([]);
  await world.settle();
  expect(world.sent()).toEqual(['email ana notice']);
  const lines = (await world.timeline(id)).map((line) => `${line.kind} ${line.reason}`);
  expect(lines.slice(2)).toEqual(['message_sent opened']); // nobody was asked, so nobody is told
  expect(await world.database.transaction(ENGINE, (tx) => tx.query('SELECT attempts FROM relance.messages'))).toEqual([
    { attempts: 1 },
  ]);
});

/** What happens while the node that has just passed the gate does not run. */
function afterTheGate(database: Database, meanwhile: () => Promise<void>): Database {
  let once = false;
  return {
    async transaction(scope, work) {
      let gate = false;
      const result = await database.transaction(scope, (tx) =>
        work({
          query: (text, values) => {
            gate ||= text.includes(`SET status = 'sending'`);
            return tx.query(text, values);
          },
        }),
      );
      if (gate && !once) {
        once = true;
        await meanwhile();
      }
      return result;
    },
    close: () => database.close(),
  };
}
