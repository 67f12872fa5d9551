// What a provider says is written down whatever it says: words that PostgreSQL would refuse, and waits without end.
import type { Outcome } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, recorder, type World } from '../world.ts';

let world: World;
let answer: Outcome;
beforeAll(async () => {
  world = await createWorld({ recorders: { email: recorder('email', async () => answer) } });
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`);
});
afterAll(() => world.end());

/** The timeline of a follow-up whose mail is answered like this, from the hand-over on. */
const linesAfter = async (id: string, said: Outcome): Promise<string[]> => {
  answer = said;
  const [opened] = await world.event('task', { id });
  await world.settle();
  const followUp = opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
  return (await world.timeline(followUp)).slice(2).map((line) => `${line.kind} ${line.reason}`);
};

it('a NUL or half a character in its words does not make an answer unknown', async () => {
  const detail = 'no such\u0000user \ud800';
  expect(await linesAfter('rejected', { kind: 'rejected', detail })).toContain('message_failed provider_rejected');
  expect(await linesAfter('accepted', { kind: 'accepted', providerId: 'a\u0000b' })).toEqual(['message_sent opened']);
});

it.each([undefined, null, { kind: 'sent' }, { kind: 'rejected' }])(
  '%j, which is no outcome, is uncertain at once',
  async (said) => {
    expect(await linesAfter(`nothing-${JSON.stringify(said)}`, said as Outcome)).toEqual([
      'message_retried provider_uncertain',
    ]);
    answer = { kind: 'accepted', providerId: null };
    await world.advance('1 day');
  },
);

it.each([Number.MAX_VALUE, Number.NaN, 1e15, -1])('a wait of %d ms is a day at most', async (retryAfterMs) => {
  const said: Outcome = { kind: 'retry', detail: 'later', retryAfterMs };
  expect(await linesAfter(`retry-${retryAfterMs}`, said)).toEqual(['message_retried provider_retry']);
  answer = { kind: 'accepted', providerId: null };
  const sent = world.recorders.email.sent.length;
  await world.advance('1 day');
  expect(world.recorders.email.sent).toHaveLength(sent + 1);
});
