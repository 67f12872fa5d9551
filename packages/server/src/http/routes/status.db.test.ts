// The page of one follow-up for whoever waits for it: where it stands, in words for outsiders, at every turn of its life. It never
// acts, and shows people by name alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { pageFor } from '../../responses/page-link.ts';
import { ENGINE } from '../../store/database.ts';
import { insertPageTokens } from '../../store/sql/page-token.ts';

const POLICY = `
policy: request
open: { on: request.made }
key: event.data.id
subject: { type: request, id: event.data.id, title: event.data.title }
assignee: event.data.who
requester: "'rita'"
watchers: "['wim', 'luc']"
due: event.data.due
fallback: recipient(zoe)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
  - { id: escalate, at: opened + 4 days, escalate: { to: [manager(1)] }, notify: { to: escalated, via: [email] } }
`;
let http: HttpWorld;
let id = '';
let number = 0;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test', manager: 'boss@example.test' },
    { id: 'boss@example.test', email: 'boss@example.test', phone: '+34910000000' },
    { id: 'rita', name: 'Rita', email: 'rita@example.test', timeZone: 'Europe/Madrid' },
    { id: 'wim', name: 'Wim', email: 'wim@example.test', timeZone: 'Europe/Madrid' },
    { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr' },
    { id: 'zoe', name: 'Zoe', email: 'zoe@example.test' },
  ]);
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

async function open(): Promise<void> {
  const key = `s-${++number}`;
  const data = { id: key, who: 'ana', title: 'New laptop', due: '2026-11-12' };
  const event = { specversion: '1.0', id: key, source: '/s', type: 'request.made', data };
  id = (await http.call('POST', '/v1/events', event)).body.followUps[0].id;
  await http.world.settle();
}
async function linkOf(recipient: string): Promise<string> {
  const choice = { tenant: 'default', purpose: 'status', recipient, about: id } as const;
  const { url, row } = pageFor({ secret: SECRET, publicUrl: '' }, choice, Date.now() as Parameters<typeof pageFor>[2]);
  await http.world.database.transaction(ENGINE, (tx) => insertPageTokens(tx, [row]));
  return url;
}
const look = async (who = 'rita') => http.call('GET', await linkOf(who), undefined, { authorization: '' });
const act = (what: string, body: object = {}) =>
  http.call('POST', `/v1/follow-ups/${id}/${what}`, { actor: 'ana', ...body });
/** What a reader reads, line by line. */
const wordsIn = (text: string): string =>
  text
    .replace(/<head>[\s\S]*<\/head>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ')
    .trim();

describe('while it lives', () => {
  it('says who is asked, until when, and what happens next and when', async () => {
    await open();
    const page = await look();
    expect(page.status).toBe(200);
    expect(wordsIn(page.text)).toBe(
      'New laptop Where it stands Open: nobody has said yet that they have it. Who has it Asked: Ana. Open since Monday, November 2 at 10:00 AM GMT+1. ' +
        'Due Thursday, November 12, 2026 What happens next A reminder goes out on Wednesday, November 4 at 10:00 AM GMT+1. Unless somebody acts before. ' +
        'Looking at this page changes nothing.',
    );
    expect(page.text).not.toMatch(/<form|<script/);
  });
  it('says who has it, and what they promised', async () => {
    await act('acknowledge');
    expect(wordsIn((await look()).text)).toMatch(
      /In hand\. Who has it Ana, since Monday, November 2[^.]* It goes on by itself on Thursday, November 5/,
    );
    await act('commit', { by: '2026-11-05T16:00:00Z' });
    expect(wordsIn((await look('wim')).text)).toMatch(
      /Promised for Thursday, November 5 at 5:00 PM GMT\+1\. Who has it Ana/,
    );
  });
  it('says it in French', async () => {
    expect(wordsIn((await look('luc')).text)).toMatch(
      /Pris en charge\. Promis pour le jeudi 5 novembre à 16:00 UTC\. Qui s'en occupe Ana, depuis le/,
    );
  });
});

describe('once it is closed', () => {
  it('says who did what, and when; with people by name alone', async () => {
    await act('resolve', { outcome: 'ordered' });
    const page = wordsIn((await look()).text);
    expect(page).toContain(
      'Done. How it ended Ana, on Monday, November 2 at 10:00 AM GMT+1 As: ordered What happens next Nothing more happens.',
    );
    expect(page).not.toContain('Who has it');
    await open();
    await act('resolve', { actor: 'boss@example.test' });
    const other = (await look()).text;
    expect(wordsIn(other)).toContain('How it ended somebody, on');
    expect(other).not.toMatch(/@example|\+34/);
  });
  it('says that it was cancelled', async () => {
    await open();
    await act('cancel');
    expect(wordsIn((await look()).text)).toContain('Cancelled. How it ended Ana, on');
  });
});

describe('for nobody else', () => {
  it('shows nothing to whoever neither waits for it nor follows it', async () => {
    await open();
    for (const who of ['zoe', 'ana', 'stranger']) expect((await look(who)).status).toBe(404);
  });
  it('does nothing that is posted to it', async () => {
    const answer = await http.call('POST', await linkOf('rita'), 'do=resolve&fresh=1', {
      authorization: '',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.text).toContain('Where it stands');
    expect((await http.call('GET', `/v1/follow-ups/${id}`)).body).toMatchObject({ status: 'open' });
    expect(http.world.sent().filter((line) => line.endsWith('@link'))).toEqual([]);
  });
});
