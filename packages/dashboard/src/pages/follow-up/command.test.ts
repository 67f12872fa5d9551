// Which commands a follow-up is offered, by how it stands: whatever holds it can be ended, under the name of what holds it.
import type { FollowUp } from '@relance/client';
import { expect, it } from 'vitest';
import { COMMANDS } from './command.ts';

const OPEN = { status: 'open', claim: null, commitment: null, snoozedUntil: null } as FollowUp;
const AT = '2026-12-01T09:00:00.000Z';
const endsOf = (followUp: Partial<FollowUp>): readonly string[] =>
  COMMANDS.filter(({ name, offered }) => name === 'unacknowledge' && offered({ ...OPEN, ...followUp })).map(
    ({ label }) => label,
  );

it.each<readonly [Partial<FollowUp>, readonly string[]]>([
  [{}, []],
  [{ snoozedUntil: AT }, ['End the snooze']],
  [{ status: 'acknowledged' }, ['Withdraw the acknowledgement']],
  [{ status: 'acknowledged', snoozedUntil: AT }, ['End the snooze']],
  [{ status: 'acknowledged', commitment: { dueAt: AT, by: 'ana' } }, ['Withdraw the promise']],
  [{ claim: { by: 'ana', at: AT, until: AT }, snoozedUntil: AT }, ['It is not done']],
  [{ status: 'resolved', snoozedUntil: AT }, []],
])('%j', (followUp, ends) => {
  expect(endsOf(followUp)).toEqual(ends);
});
