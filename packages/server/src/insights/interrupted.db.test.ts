// Whom messages interrupted: person by person, those first who were interrupted most, and in all as many as the figures of all say.
import { HOUR_KINDS, type WireInterrupted } from '@relance/core';
import { expect, it } from 'vitest';
import { askFigures } from './answer.ts';
import { countAll, figures, idOf, inAWorld, sql, story, world } from './figure-world.test-kit.ts';
import { askInterrupted } from './interrupted.ts';

inAWorld();

const ports = () => ({ database: world.database, figures: figures(), wallNow: () => 0 });
async function interrupted(asked: Partial<Parameters<typeof askInterrupted>[2]> = {}, tenant = 'default') {
  const window = { from: '2026-11-01', to: '2026-12-31' };
  const answered = await askInterrupted(ports(), tenant, { ...window, limit: 20, ...asked });
  if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
  return answered.answer.rows;
}
const BY_HOURS = HOUR_KINDS.map(
  (kind) => `interrupted${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as keyof WireInterrupted,
);
const sumOf = (rows: readonly object[], key: string): number =>
  rows.reduce((sum, row) => sum + Number((row as Record<string, unknown>)[key]), 0);

it('comes to what the figures of all say, whatever happens', async () => {
  await story(async () => {
    await countAll();
    const answered = await askFigures(ports(), 'default', 'overview', { from: '2026-11-01', to: '2026-12-31' });
    if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
    const people = await interrupted();
    for (const key of BY_HOURS) expect([key, sumOf(people, key)]).toEqual([key, sumOf(answered.answer.rows, key)]);
    for (const one of people) expect(one.interrupted).toBe(BY_HOURS.reduce((sum, key) => sum + Number(one[key]), 0));
  });
  const people = await interrupted();
  const counts = people.map((one) => one.interrupted);
  expect(people.map(({ recipient }) => recipient).sort()).toEqual(['ana', 'bo', 'cleo', 'dan']);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(await interrupted({ limit: 1 })).toEqual(people.slice(0, 1));
  expect(await interrupted({ recipient: 'dan' })).toEqual(people.filter(({ recipient }) => recipient === 'dan'));
  // A digest is one message, whatever is in it.
  expect((await interrupted({ policy: 'note' })).map((one) => [one.recipient, one.interrupted])).toEqual([['dan', 1]]);
  expect(await interrupted({}, 'other')).toEqual([]);
});

it('goes by the clock of each, and by the day in the tenant’s zone on which a follow-up opened', async () => {
  await world.people([{ id: 'eve', name: 'Eve', email: 'eve@example.test', timeZone: 'Europe/Paris' }]);
  await world.event('note.made', { id: 'n', who: 'ana' }); // four in the morning in New York, where ana is by default
  await world.event('note.made', { id: 'p', who: 'eve' }); // ten in Paris
  await world.settle();
  const one = { from: '2026-11-02', to: '2026-11-02' };
  expect(await interrupted(one)).toMatchObject([
    { recipient: 'ana', name: 'ana', interrupted: 1, interruptedNight: 1 },
    { recipient: 'eve', name: 'Eve', interrupted: 1, interruptedBusiness: 1 },
  ]);
  await expect(interrupted({ from: '2026-08-31', to: '2026-12-01' })).rejects.toThrow('of 92 days at most');
  expect(await interrupted({ from: '2026-11-01', to: '2026-11-01' })).toEqual([]);
  expect(await interrupted({ from: '2026-11-03', to: '2026-11-03' })).toEqual([]);
  await sql(`UPDATE relance.recipients SET name = 'Ana' WHERE id = 'ana'`);
  expect((await interrupted(one))[0]).toMatchObject({ recipient: 'ana', name: 'Ana' });
  // Nothing is known of what is not kept.
  await sql('DELETE FROM relance.messages WHERE follow_up_id = $1', [await idOf('n')]);
  expect((await interrupted(one)).map(({ recipient }) => recipient)).toEqual(['eve']);
});
