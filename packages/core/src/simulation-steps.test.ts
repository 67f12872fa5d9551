// A simulation played piece by piece: nothing else comes of it than of one that is played at once.
import { expect, it } from 'vitest';
import { compilePolicy } from './policy/compile.ts';
import { simulate, simulating } from './simulation.ts';
import { planSimulation } from './simulation-plan.ts';

it('is played in small pieces, with the same outcome', () => {
  // Of a policy that repeats, and of much at one moment: in neither does a piece hold more than a few lines.
  const repeated = { every: '1 minute', times: 1_000 };
  const stages = Array.from({ length: 20 }, (_, index) => ({ id: `s${index}`, at: 'opened', repeat: repeated }));
  const compiled = compilePolicy({ policy: 'all', key: 'event.data.id', assignee: 'event.data.who', stages }, 1);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const planned = planSimulation(
    compiled.policy,
    {},
    { now: Date.parse('2026-11-02T09:00:00Z') as never, tenantZone: null },
  );
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  const tenant = { zone: null, locale: 'en', alarmTo: null, name: null };
  const nobody = { recipients: new Map(), groups: new Map(), schedules: new Map(), tenant };
  const options = { itemsMax: 300, alone: true };
  const steps = simulating(planned.plan, nobody, options);
  let pieces = 0;
  let played = steps.next();
  for (; !played.done; played = steps.next()) pieces++;
  expect(played.value).toEqual(simulate(planned.plan, nobody, options));
  expect(played.value.items).toHaveLength(300);
  expect(pieces).toBeGreaterThan(300 / 4);
});
