// Urgent first, whatever slot a follow-up falls into: a provider with little room is not used up by what can wait.
import { expect, it } from 'vitest';
import { createWorld, eventOf, recorder } from '../world.ts';

const ORDINARY = 100;
/** Slots are sixty-four: as many urgent ones are in slots after the ordinary backlog's first. */
const URGENT = 5;
const policyOf = (id: string, urgency: string): string => `
policy: ${id}
urgency: ${urgency}
open: { on: ${id} }
key: event.data.id
assignee: "'ana'"
stages: [{ id: ${id}, at: opened, notify: { via: [email] } }]
`;

it('hands over what is urgent before the backlog of other slots', async () => {
  const email = recorder('email');
  const world = await createWorld({
    recorders: { email: { ...email, connection: { ...email.connection, concurrencyMax: 1 } } },
  });
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(policyOf('ordinary', 'normal'));
  await world.policy(policyOf('pressing', 'urgent'));
  const many = (type: string, count: number) =>
    Array.from({ length: count }, (_, id) => eventOf(type, { id: `${id}` }));
  await world.node.ingest.submit('default', [...many('ordinary', ORDINARY), ...many('pressing', URGENT)]);
  for (let turn = 0; turn < URGENT; turn++) await world.node.runAll();
  expect(email.sent.slice(0, URGENT).map((one) => one.stage)).toEqual(Array.from({ length: URGENT }, () => 'pressing'));
  await world.end();
});
