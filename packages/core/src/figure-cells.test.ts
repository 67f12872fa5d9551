// What two tenants count stays apart, however alike it is: the same policy on the same day, counted in one pass.
import { expect, it } from 'vitest';
import { addGeneration, type Differences } from './figure-cells.ts';
import type { GenerationFigures } from './generation-figures.ts';
import { addMessages, type MessageDifferences } from './message-cells.ts';

const WAIT = { since: 0, seconds: null, ended: false };
const ONE: GenerationFigures = {
  generation: 1,
  version: 1,
  day: '2026-11-02',
  policy: 'bill',
  team: '',
  level: 0,
  status: 'open',
  ran: ['notice'],
  after: null,
  resolve: WAIT,
  acknowledge: WAIT,
  messages: [{ stage: 'notice', channel: 'email', counts: 1, response: null, sentBy: ['smtp', 'letter', 1, 'en'] }],
};

it('counts follow-ups for their tenant', () => {
  const differences: Differences = new Map();
  for (const tenant of ['here', 'there', 'there']) addGeneration(differences, tenant, ONE, 1);
  const counts = (tenant: string) =>
    [...differences.values()].filter((one) => one.tenant === tenant).map((one) => one.counts.followUps);
  expect(counts('here')).toEqual([1, 1, 1, 1]);
  expect(counts('there')).toEqual([2, 2, 2, 2]);
  addGeneration(differences, 'there', ONE, -1);
  expect([counts('here'), counts('there')]).toEqual([Array(4).fill(1), Array(4).fill(1)]);
});

it('counts messages for their tenant', () => {
  const differences: MessageDifferences = new Map();
  for (const tenant of ['here', 'there', 'there']) addMessages(differences, tenant, ONE, 1);
  expect([...differences.values()].map(({ tenant, counts }) => [tenant, counts.messages])).toEqual([
    ['here', 1],
    ['there', 2],
  ]);
});
