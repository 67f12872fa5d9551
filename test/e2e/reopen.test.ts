// A follow-up opened again starts its stages and runs afresh, under the same id. What an earlier generation has sent, or
// still has under way, must neither answer for the new one nor start again.
import type { Outcome } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../packages/server/src/engine/ports.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, recorder, type World } from '../world.ts';

const POLICY = `
policy: approval
open: { on: approval.asked }
key: event.data.id
assignee: "'ana'"
resolved: none
stages:
  - { id: notice, at: opened, notify: { via: [push, { channel: email, else: true }] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
`;
const request: CommandRequest = {
  command: { kind: 'resolve', outcome: null },
  actor: { kind: 'api', id: 'ana' },
  evidence: 'proven',
  channel: null,
  comment: null,
};

let world: World;
let answerPush: () => Promise<Outcome>;
beforeEach(async () => {
  answerPush = async () => ({ kind: 'accepted', providerId: null });
  world = await createWorld({ recorders: { push: recorder('push', () => answerPush()) } });
  await world.people([
    { id: 'ana', email: 'ana@example.test', endpoints: [{ channel: 'push', address: 'device' }], manager: 'bo' },
  ]);
  await world.policy(POLICY);
});
afterEach(() => world.end());

async function open(): Promise<string> {
  const [outcome] = await world.event('approval.asked', { id: 'a-1' });
  if (outcome?.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.followUps[0]?.id ?? '';
}
const resolve = (id: string) => world.node.commands.run('default', { kind: 'id', id }, request);
const reopen = (id: string) => world.node.commands.reopen('default', { kind: 'id', id }, request.actor);

it('opens at the moment at which it is decided, however time goes on meanwhile', async () => {
  // A thousand seconds of the story pass in one: between any two questions for the time.
  await world.database.transaction(ENGINE, (tx) => tx.query(`UPDATE relance.clock SET mode = 'scaled', scale = 1000`));
  const opened = await world.node.commands.open('default', { policy: 'approval', key: 'by-hand' });
  if (opened.kind !== 'opened') throw new Error(JSON.stringify(opened));
  const { id } = opened.followUp;
  await resolve(id);
  await reopen(id);
  const lines = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ kind: string; reason: string }>(
      `SELECT kind, reason FROM relance.timeline WHERE follow_up_id = $1 AND kind = 'stage_ran' ORDER BY seq`,
      [id],
    ),
  );
  expect(lines).toEqual([
    { kind: 'stage_ran', reason: 'opened' },
    { kind: 'stage_ran', reason: 'opened' },
  ]);
});

describe('a follow-up that is opened again', () => {
  it('tries the next channel although the first one was accepted in the generation before', async () => {
    const id = await open();
    await world.settle();
    expect(world.sent()).toEqual(['push ana notice']);
    await resolve(id);
    answerPush = async () => ({ kind: 'rejected', detail: 'unknown device' });
    expect(await reopen(id)).toMatchObject({ kind: 'done', followUp: { generation: 2 } });
    await world.settle();
    expect(world.sent()).toEqual(['push ana notice', 'push ana notice', 'email ana notice']);
    await world.advance('30 days');
    expect(world.sent().slice(3)).toEqual(['email ana reminder']);
    expect(await world.node.watch()).toBe(0);
  });

  it('never sends again what was under way when it was closed, and waits for its own hand-over', async () => {
    let answer: (outcome: Outcome) => void = () => {};
    const asked = new Promise<void>((started) => {
      answerPush = () => {
        started();
        return new Promise((resolved) => {
          answer = resolved;
        });
      };
    });
    const id = await open();
    const handingOver = world.node.runAll();
    await asked;
    const closed = await resolve(id);
    expect(closed).toMatchObject({ kind: 'done', inFlight: [expect.any(String)] });
    answerPush = async () => ({ kind: 'accepted', providerId: null });
    await reopen(id);
    answer({ kind: 'retry', detail: 'busy', retryAfterMs: null });
    await handingOver;
    await world.advance('1 hour');
    expect(world.sent()).toEqual(['push ana notice', 'push ana notice']);
    expect(await world.timeline(id)).toContainEqual(
      expect.objectContaining({ kind: 'message_revoked', reason: 'resolved', stage: 'notice' }),
    );
    expect((await world.timeline(id)).filter((line) => line.kind === 'message_sent')).toHaveLength(1);
  });
});
