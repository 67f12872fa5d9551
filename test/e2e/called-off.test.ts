// A message that is being handed over when its plan is revoked cannot be taken back; but when its provider then asks for
// another try, there is none: nobody is nagged after the fact, and the old assignee is not asked again.
import type { Command, Outcome } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, recorder, type World } from '../world.ts';

let world: World;
let answer: (outcome: Outcome) => void;
let asked: Promise<void>;
let first: boolean;
beforeEach(async () => {
  first = true;
  let started: () => void = () => {};
  asked = new Promise((resolve) => {
    started = resolve;
  });
  const email = recorder('email', async () => {
    if (!first) return { kind: 'accepted', providerId: null };
    first = false;
    started();
    return new Promise<Outcome>((resolved) => {
      answer = resolved;
    });
  });
  world = await createWorld({ recorders: { email } });
  await world.people(['ana', 'bo'].map((id) => ({ id, email: `${id}@example.test` })));
  await world.policy(`
policy: task
open: { on: task.asked }
resolve: { on: task.done }
key: event.data.id
assignee: "'ana'"
due: event.data.due
resolved: none
stages: [{ id: notice, at: due - 1 day, notify: { via: [email] } }]
`);
});
afterEach(() => world.end());

const soon = '2026-11-03T12:00:00Z';
const COMMANDS: readonly (readonly [string, Command, readonly string[]])[] = [
  ['acknowledge', { kind: 'acknowledge' }, []],
  ['snooze', { kind: 'snooze', until: Date.parse(soon) as never }, []],
  ['resolve', { kind: 'resolve', outcome: null }, []],
  ['cancel', { kind: 'cancel' }, []],
  ['reassign', { kind: 'reassign', to: 'bo' }, ['email bo notice']],
];

it.each(COMMANDS)('%s: the provider asks for another try, and gets none', async (_name, command, after) => {
  const [opened] = await world.event('task.asked', { id: '1', due: '2026-11-03T09:00:00Z' });
  const id = opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
  const handingOver = world.node.runAll();
  await asked;
  const outcome = await world.node.commands.run(
    'default',
    { kind: 'id', id },
    { command, actor: { kind: 'api', id: 'ops' }, evidence: 'proven', channel: null, comment: null },
  );
  expect(outcome).toMatchObject({ kind: 'done', inFlight: [expect.any(String)] });
  answer({ kind: 'retry', detail: 'busy', retryAfterMs: null });
  await handingOver;
  await world.advance('2 hours');
  expect(world.sent()).toEqual(['email ana notice', ...after]);
  expect(await world.timeline(id)).toContainEqual(
    expect.objectContaining({ kind: 'message_revoked', stage: 'notice' }),
  );
  expect(await world.node.watch()).toBe(0);
});

it('nobody did anything: it is tried again', async () => {
  await world.event('task.asked', { id: '1', due: '2026-11-03T09:00:00Z' });
  const handingOver = world.node.runAll();
  await asked;
  answer({ kind: 'retry', detail: 'busy', retryAfterMs: null });
  await handingOver;
  await world.advance('2 hours');
  expect(world.sent()).toEqual(['email ana notice', 'email ana notice']);
});
