// Links to a reader's own pages in what they are sent: below the built-in mails, and wherever a template reads them. They work, they
// are stored only where they were read, and those of a preview lead nowhere.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';

const POLICY = `
policy: request
open: { on: request.made }
key: event.data.id
assignee: "'ana'"
requester: "'rita'"
watchers: "['luc']"
stages: [ { id: notice, at: opened, notify: { to: [assignee, requester, watchers], via: [email] } } ]
`;
const OWN = POLICY.replace('policy: request', 'policy: own')
  .replace('request.made', 'own.made')
  .replace('via: [email]', 'via: [email, sms], template: own');

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  const people = ['ana', 'rita'].map((id) => ({ id, name: id, email: `${id}@example.test`, phone: '+34600000001' }));
  await http.world.people([...people, { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr' }]);
  const words = { email: { subject: 'A', text: 'All: {{ links.me.url }}' }, sms: { text: 'No link' } };
  expect((await http.call('PUT', '/v1/templates/own', words)).status).toBe(200);
  for (const policy of [POLICY, OWN]) await http.world.policy(policy);
});
afterAll(() => http.end());

let number = 0;
/** What each of them was mailed. */
async function mailed(type: string): Promise<Map<string, { text: string; html: string }>> {
  const before = http.world.recorders.email.sent.length;
  const id = `p-${++number}`;
  await http.call('POST', '/v1/events', { specversion: '1.0', id, source: '/s', type, data: { id } });
  await http.world.settle();
  const sent = http.world.recorders.email.sent.slice(before);
  return new Map(
    sent.map(({ recipient, content }) => [recipient.id, { text: content.text, html: content.html ?? '' }]),
  );
}
const tokens = () =>
  http.world.database.transaction(ENGINE, (tx) =>
    tx.query<{ who: string }>(
      `SELECT purpose || ' ' || recipient AS who FROM relance.page_tokens WHERE purpose <> 'unsubscribe' ORDER BY 1`,
    ),
  );
const linksIn = (text = ''): string[] =>
  [...text.matchAll(/http:\/\/relance\.test(\/(?:me|s)\/[\w-]{22})/g)].map(([, one = '']) => one);
const open = (path: string) => http.call('GET', path, undefined, { authorization: '' });

it('a template has those that it reads, and nothing else is stored', async () => {
  const mails = await mailed('own.made');
  const [link = ''] = linksIn(mails.get('ana')?.text);
  expect((await open(link)).text).toContain('Everything that waits for you');
  expect((await tokens()).map(({ who }) => who)).toEqual(['me ana', 'me luc', 'me rita']);
});

it('a built-in mail leads to what waits for its reader, and whoever waits to where it stands', async () => {
  const mails = await mailed('request.made');
  const { text = '', html = '' } = mails.get('ana') ?? {};
  expect(text).toMatch(
    /\nEverything that waits for you: http:\/\/relance\.test\/me\/[\w-]{22}\nChoose what you are sent/,
  );
  expect(html).toMatch(/<a href="http:\/\/relance\.test\/me\/[\w-]{22}"[^>]*>Everything that waits for you<\/a>/);
  expect(text + html).not.toContain('Where this stands');
  const rita = mails.get('rita')?.text ?? '';
  expect(rita).toContain('\nWhere this stands: http');
  const [me = '', status = ''] = linksIn(rita);
  expect((await open(me)).text).toContain('Nothing waits for you.');
  expect((await open(status)).text).toContain('Where it stands');
  expect(mails.get('luc')?.text).toMatch(/\nTout ce qui vous attend : http.*\nOù cela en est : http/);
  // The same link in every message of a month.
  expect(linksIn((await mailed('request.made')).get('rita')?.text)[0]).toBe(me);
});

it('those of a preview lead nowhere', async () => {
  const before = await tokens();
  const followUp = (await http.call('GET', '/v1/follow-ups')).body.items[0].id;
  for (const body of [{ recipient: 'ana' }, { recipient: 'rita', followUp }]) {
    const seen = await http.call('POST', '/v1/templates/own/preview', { channel: 'email', ...body });
    const [link = ''] = linksIn(seen.body.content.text);
    expect(link).toMatch(/^\/me\//);
    expect((await open(link)).status).toBe(404);
  }
  expect(await tokens()).toEqual(before);
});

it('a name that no page has is refused when the template is stored', async () => {
  const bad = await http.call('PUT', '/v1/templates/bad', { email: { subject: 'A', text: '{{ links.mee.url }}' } });
  expect(bad).toMatchObject({ status: 422 });
  expect(bad.text).toContain('links.me');
});
