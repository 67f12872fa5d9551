// What an event says of somebody and nobody can use keeps no follow-up from opening: it is left out, said so, and what was known
// of them before stays.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  Object.assign(http.world.node.engine, {
    refusalOf: (url: string) => (url.includes('//10.') ? 'is not a public address' : null),
  });
  await http.world.policy(`
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`);
});
afterAll(() => http.end());

const created = async (id: string, who: object) => {
  const event = { specversion: '1.0', id, source: 'test', type: 'task.created', data: { id, who } };
  const { body } = await http.call('POST', '/v1/events', event, { 'content-type': 'application/cloudevents+json' });
  const timeline = await http.call('GET', `/v1/follow-ups/${body.followUps[0].id}/timeline`);
  return timeline.body.items[0].text as string;
};
const webhook = (address: string) => ({ channel: 'webhook', address });
const sms = { channel: 'sms', address: '+33612345678' };

it('what was known of somebody stays in the place of what was left out', async () => {
  const known = webhook('https://hooks.acme.test/ana');
  await http.call('PUT', '/v1/recipients/ana', { email: 'ana@x.test', locale: 'fr', endpoints: [known] });
  const said = await created('1', {
    id: 'ana',
    name: 'Ana',
    locale: 'klingon_',
    endpoints: [sms, webhook('https://10.0.0.1/in')],
  });
  expect(said).toMatch(/^Opened because .+\. The locale "klingon_" of recipient "ana" was left out, because .+\./);
  expect(said).toContain(' A webhook of recipient "ana" was left out: 10.0.0.1 is not a public address.');
  const { body } = await http.call('GET', '/v1/recipients/ana');
  expect(body).toMatchObject({ name: 'Ana', locale: 'fr', endpoints: [sms, known] });
});

it('somebody who was not known is asked all the same, and a machine without a language says none', async () => {
  const said = await created('2', { id: 'bo', locale: 'C', endpoints: [webhook('https://10.0.0.1/in')] });
  expect(said).not.toContain('locale');
  expect(said).toContain('A webhook of recipient "bo" was left out');
  expect((await http.call('GET', '/v1/recipients/bo')).body).toMatchObject({ locale: null, endpoints: [] });
  expect(await created('3', { id: 'bo', locale: 'en_US.UTF-8' })).not.toContain('left out');
  expect((await http.call('GET', '/v1/recipients/bo')).body).toMatchObject({ locale: 'en-US' });
});

it('but who writes to a recipient directly is refused', async () => {
  const refused = await http.call('PUT', '/v1/recipients/cleo', { locale: 'C' });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'locale' }] } });
});
