// A start and its change in one batch are one step: the change takes back what the old date queued, and nothing else of
// what the opening has to say.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, eventOf, type World } from '../world.ts';

const POLICY = `
policy: invoice
open: { on: issued }
update: { on: changed }
key: event.data.id
assignee: "'ana'"
due: event.data.due
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: due - 1 day, notify: { via: [email] } }
`;

describe('an update in one batch with its start', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(POLICY);
  });
  afterAll(() => world.end());

  it('moves the due date, and the notice is sent all the same', async () => {
    // The due date of the issue is near, so the reminder would go at the opening: the change takes that back.
    await world.node.ingest.submit('default', [
      eventOf('issued', { id: 'one', due: '2026-11-03T09:00:00Z' }),
      eventOf('changed', { id: 'one', due: '2026-11-10T09:00:00Z' }),
    ]);
    await world.advance('1 minute');
    expect(world.sent()).toEqual(['email ana notice']);
    await world.advance('6 days');
    expect(world.sent()).toEqual(['email ana notice']);
    await world.advance('1 day');
    expect(world.sent()).toEqual(['email ana notice', 'email ana reminder']);
  });
});
