// The incident of the samples, told to its end over the real engine: whoever was drawn into it hears that it is over.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readProject } from '../../packages/server/src/app/project.ts';
import { createWorld, type World } from '../world.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'packages', 'server', 'samples');

let world: World;
beforeAll(async () => {
  world = await createWorld();
  const { recipients, groups } = await readProject(SAMPLES);
  await world.people(recipients);
  for (const { id, members } of groups) await world.group(id, members);
  await world.policy(readFileSync(join(SAMPLES, 'policies', 'incident.yaml'), 'utf8'));
});
afterAll(() => world.end());

it('confirms to the manager it was escalated to', async () => {
  const data = { service: 'checkout', summary: 'down', responder: 'luis', runbook: 'https://acme.example/runbook' };
  await world.event('com.acme.incident.raised', data);
  await world.settle();
  await world.advance('61 minutes');
  expect(world.sent()).toContain('email mara management');
  const before = world.sent().length;
  await world.event('com.acme.incident.recovered', { service: 'checkout' });
  await world.settle();
  const told = world.sent().slice(before);
  expect(told).toContain('email mara resolved');
  expect(new Set(told).size).toBe(told.length); // and nobody twice
});
