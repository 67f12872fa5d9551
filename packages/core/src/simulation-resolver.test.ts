// Simulations of policies whose target a resolver names: whom the behaviours say, or nobody.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { personOf, policyOf, START } from './scenario.test-kit.ts';
import { simulate } from './simulation.ts';
import { planSimulation } from './simulation-plan.ts';
import { type PolicyTest, simulatePolicy } from './testing.ts';

const OWNED: PolicyInput = {
  policy: 'owned',
  key: 'event.data.id',
  assignee: { target: 'resolver(crm)' },
  fallback: 'recipient(desk)',
  stages: [{ id: 'notice', at: 'opened', notify: { via: ['email'] } }],
};

describe('a resolver', () => {
  const owned = (people: PolicyTest['people'], ...behaviours: readonly string[]) =>
    simulatePolicy(OWNED, {
      at: '2026-11-02T09:00:00Z',
      ...(people === undefined ? {} : { people }),
      behaviours: [...behaviours],
    });
  const told = ({ items }: Pick<ReturnType<typeof simulate>, 'items'>): readonly unknown[] =>
    items.filter(({ kind }) => kind === 'message_sent').map(({ stage, recipient }) => `${stage} ${recipient}`);
  it('names whom it is told to, and nobody where it is not told, with a note', () => {
    expect(told(owned(undefined, 'resolver crm answers ana'))).toEqual(['notice ana']);
    const untold = owned(undefined);
    expect(told(untold)).toEqual(['notice desk']);
    expect(untold.notes.join()).toContain('Nobody has said whom resolver "crm" names');
  });
  it('may name somebody whom nobody knows, among people who are known', () => {
    const policy = policyOf(OWNED);
    const planned = planSimulation(
      policy,
      { behaviours: ['resolver crm answers zed, desk'] },
      { now: START, tenantZone: null },
    );
    if (!planned.ok) throw new Error('it cannot be played');
    const directory = {
      recipients: new Map([['desk', personOf({ id: 'desk' })]]),
      groups: new Map(),
      schedules: new Map(),
      tenant: { zone: null, locale: 'en', alarmTo: null, name: null },
    };
    expect(told(simulate(planned.plan, directory))).toEqual(['notice desk']);
    expect(told(simulate(planned.plan, directory, { alone: true }))).toEqual(['notice zed']);
  });
  it('that the policy does not name is refused, with the nearest', () => {
    expect(() => owned(undefined, 'resolver crn answers ana')).toThrow(
      /a resolver of the policy is expected, not "crn"; did you mean "crm"\? \(at character 10\)/,
    );
  });
});
