// An event opens a key in the very moment a command closes its follow-up: whoever comes first, the start is never lost.
import { isLive } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, eventOf, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(`
policy: race
open: { on: race.open }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened }]
`);
});
afterAll(() => world.end());

it('opens anew or feeds the live one, 300 times', { timeout: 60_000 }, async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `k${index}`);
  const opened = await world.node.ingest.submit(
    'default',
    ids.map((id) => eventOf('race.open', { id })),
  );
  const actor = { kind: 'api', id: 'ana' } as const;
  const race = async (index: number) => {
    const outcome = opened[index];
    const [first] = outcome?.kind === 'accepted' ? outcome.followUps : [];
    const [closing, again] = await Promise.all([
      world.node.commands.run(
        'default',
        { kind: 'id', id: first?.id ?? '' },
        { command: { kind: 'resolve', outcome: null }, actor, evidence: 'proven', channel: null, comment: null },
      ),
      world.node.ingest.submit('default', [eventOf('race.open', { id: ids[index], round: 2 })]),
    ]);
    return { closing: closing.kind, again: again[0]?.kind === 'accepted' ? again[0].followUps : [] };
  };
  const results: Awaited<ReturnType<typeof race>>[] = [];
  // Not all at once: a busy machine would have the last ones wait for a connection for longer than anybody should.
  for (let from = 0; from < ids.length; from += 50)
    results.push(...(await Promise.all(ids.slice(from, from + 50).map((_, index) => race(from + index)))));
  // Each second start was taken by a follow-up: the old one before it closed, or a new one after.
  expect(results.filter(({ again }) => again.length !== 1)).toEqual([]);
  expect(results.every(({ closing }) => closing === 'done')).toBe(true);
  expect(results.some(({ again }) => again.some(({ status }) => isLive(status)))).toBe(true);
  expect(await world.node.watch()).toBe(0);
});
