// A version that an older release published and this one cannot read stops its own follow-ups and nobody else's: they are
// parked where an operator sees them, what they were told meanwhile waits, and a release that reads it goes on.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandRequest } from '../../packages/server/src/engine/ports.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, eventOf, recorder, type World } from '../world.ts';

const policyOf = (id: string, via = 'email'): string => `
policy: ${id}
open: { on: ${id}.asked }
resolve: { on: ${id}.done }
key: event.data.id
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { via: [${via}] } }
  - { id: reminder, at: notice + 1 day, notify: { via: [email] } }
`;
const request: CommandRequest = {
  command: { kind: 'note' },
  actor: { kind: 'api', id: 'ops' },
  evidence: 'proven',
  channel: null,
  comment: null,
};

let world: World;
let silent = true;
const answers: (() => void)[] = [];
beforeAll(async () => {
  const email = recorder(
    'email',
    () =>
      new Promise((answer) => {
        const accept = (): void => answer({ kind: 'accepted', providerId: null });
        if (silent) answers.push(accept);
        else accept();
      }),
    false,
  );
  world = await createWorld({ recorders: { email } });
  await world.people([{ id: 'ana', email: 'ana@example.test', phone: '+34600000001' }]);
  await world.policy(policyOf('old'));
  await world.policy(policyOf('older', 'email, { channel: sms, else: true }'));
  await world.policy(policyOf('good'));
});
afterAll(async () => {
  for (const answer of answers) answer();
  await world.end();
});

const sql = <R>(text: string, values: readonly unknown[] = []) =>
  world.database.transaction(ENGINE, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE'); // a published version is changed by nobody but a newer release's migration
    return tx.query<R>(text, values);
  });
interface Written {
  readonly id: string;
  readonly written: object;
}
async function open(policy: string): Promise<string> {
  const [outcome] = await world.event(`${policy}.asked`, { id: '1' });
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
}
const suspects = (id: string) => sql('SELECT last_error, inputs FROM relance.suspects WHERE follow_up_id = $1', [id]);

it('is passed over by everybody else, and goes on when it can be read again', async () => {
  const [id, other] = [await open('old'), await open('older')];
  const first = world.node.runAll();
  await expect.poll(() => answers.length).toBe(2);
  const written = await sql<Written>(`SELECT id, written FROM relance.policy_versions WHERE id LIKE 'old%'`);
  await sql(
    `UPDATE relance.policy_versions SET written = written::jsonb || '{"stages": "of another kind"}' WHERE id LIKE 'old%'`,
  );
  await sql(`UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE status = 'sending'`);

  // Another node takes over: what became of the message is written down, although nothing can be decided about it.
  silent = false;
  const second = world.another();
  await second.runAll();
  expect((await world.timeline(id)).map(({ kind }) => kind)).toEqual(['opened', 'stage_ran', 'message_uncertain']);
  expect(await suspects(id)).toEqual([
    {
      last_error: expect.stringContaining('cannot read it'),
      inputs: [expect.objectContaining({ stage: 'notice' })],
    },
  ]);

  // The other policy works, and whoever sends an event to the broken one is told.
  const [fine] = await second.ingest.submit('default', [eventOf('good.asked', { id: '1' })]);
  expect(fine).toMatchObject({ kind: 'accepted', followUps: [{ policy: 'good' }], unmatched: [] });
  const [told] = await second.ingest.submit('default', [eventOf('old.done', { id: '1' })]);
  expect(told).toMatchObject({
    kind: 'accepted',
    unmatched: [{ code: 'expression_failed', detail: expect.stringContaining('"old"') }],
  });
  await second.runAll();
  expect(world.sent()).toEqual(['email ana notice', 'email ana notice', 'email ana notice']);

  // Tried alone for a while, as another node may be of a release that reads it; then parked: visible, with its reason.
  for (let turn = 0; turn < 15; turn++) {
    await sql('UPDATE relance.suspects SET retry_at = clock_timestamp()');
    await second.runAll();
  }
  expect((await world.timeline(id)).at(-1)).toMatchObject({ kind: 'parked' });
  expect(await suspects(id)).toHaveLength(1);

  // A release that reads it: any command unparks, and what was told meanwhile is not lost.
  for (const one of written)
    await sql(`UPDATE relance.policy_versions SET written = $2 WHERE id = $1`, [one.id, JSON.stringify(one.written)]);
  const third = world.another();
  for (const parked of [id, other])
    expect(await third.commands.run('default', { kind: 'id', id: parked }, request)).toMatchObject({ kind: 'done' });
  await sql('UPDATE relance.suspects SET retry_at = clock_timestamp()');
  await third.runAll();
  expect(await suspects(id)).toEqual([]);
  await sql(`UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE status = 'leased'`);
  while ((await third.runAll()) > 0);
  expect(world.sent().at(-1)).toBe('sms ana notice');
  expect(await third.watch()).toBe(0);
  for (const answer of answers.splice(0)) answer();
  await first;
});
