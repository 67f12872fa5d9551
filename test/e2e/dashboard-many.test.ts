// More of everything than one page of an answer holds, in a real browser: the 201st group and template are there like the
// first, and of a follow-up that told a crowd every message can be read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld } from '../pages/dashboard.ts';
import { furnish } from '../server.ts';

/** The server gives 200 at once. */
const MANY = 203;
const AT_ONCE = 20;
const NAMES = Array.from({ length: MANY }, (_, n) => `p-${String(n + 1).padStart(3, '0')}`);
const LAST = NAMES.at(-1) ?? '';
const CROWD = `
policy: crowd
open: { on: com.acme.crowd.called }
key: event.data.id
assignee: event.data.who
stages: [ { id: call, at: opened, notify: { to: [group(everybody)], via: [email] } } ]
`;

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: many of everything in the dashboard (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('many of everything', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  it('the last of them is listed and offered like the first', { timeout: 180_000 }, async () => {
    const { client } = world.server;
    for (let from = 0; from < MANY; from += AT_ONCE)
      await Promise.all(
        NAMES.slice(from, from + AT_ONCE).flatMap((id) => [
          client.groups.put(id, { name: id, members: ['ana'] }),
          client.templates.put(id, { sms: { text: 'It is time.' } }),
        ]),
      );
    const { page, troubles, end } = await world.visit();
    await page.goto(`${world.server.url}/groups`);
    await page.getByRole('link', { name: LAST }).waitFor();
    await page.goto(`${world.server.url}/templates`);
    await page.getByRole('link', { name: LAST }).waitFor();
    expect(troubles).toEqual([]);
    await end();
  });

  it('every message of a follow-up that told a crowd can be read', { timeout: 180_000 }, async () => {
    const { client } = world.server;
    await client.recipients.bulk(NAMES.map((id) => ({ id, name: `Person ${id}`, email: `${id}@example.test` })));
    await client.groups.put('everybody', { members: NAMES });
    await client.policies.put('crowd', CROWD);
    const { id } = await client.followUps.open({
      policy: 'crowd',
      key: 'k',
      assignee: 'ana',
      subject: { title: 'Come' },
    });
    await world.server.advance('2 hours');
    const { page, troubles, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    const timeline = page.getByRole('list', { name: 'What happened' });
    await page.getByRole('button', { name: /^Show all \d+$/ }).click();
    for (const one of [NAMES[0], LAST]) {
      const sent = timeline
        .getByRole('listitem')
        .filter({ hasText: `Person ${one}` })
        .filter({ hasText: 'Captured' });
      await sent.getByRole('button', { name: 'Show the message' }).first().click();
      await sent.getByText('email to', { exact: false }).waitFor();
      await sent.frameLocator('iframe').getByText('Come').first().waitFor();
    }
    expect(troubles).toEqual([]);
    await end();
  });
});
