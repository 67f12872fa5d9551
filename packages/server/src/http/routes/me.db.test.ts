// The page of everything that waits for somebody: what is asked of them, the most urgent first, with what they can do about each; and
// that it does it once. Opening it does nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { pageFor } from '../../responses/page-link.ts';
import { ENGINE } from '../../store/database.ts';
import { insertPageTokens } from '../../store/sql/page-token.ts';

const POLICY = `
policy: request
title: Requests
open: { on: request.made }
key: event.data.id
subject: { type: request, id: event.data.id, title: event.data.title, url: event.data.url }
assignee: event.data.who
requester: event.data.by
due: event.data.due
team: desk
stages: [ { id: notice, at: opened, notify: { via: [email] } }, { id: again, at: opened + 20 days } ]
`;
const SHARED = `
policy: shared
open: { on: shared.made }
key: event.data.id
subject: { type: request, id: event.data.id, title: event.data.title }
assignees: "['ana', 'bo']"
require: all
actions: [ { id: approve, label: Approve it, outcome: approved }, { id: refuse, label: Refuse it, rejects: true, outcome: refused } ]
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;
const URGENT = POLICY.replace('policy: request', 'policy: alert')
  .replaceAll('request.made', 'alert.made')
  .concat('urgency: urgent\n');

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    ...['ana', 'bo', 'cleo', 'rita', 'idle'].map((id) => ({
      id,
      name: `${id[0]?.toUpperCase()}${id.slice(1)}`,
      email: `${id}@example.test`,
      timeZone: 'Europe/Madrid',
      manager: 'cleo',
    })),
    { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr', timeZone: 'Asia/Tokyo', manager: 'cleo' },
  ]);
  await http.world.group('desk', ['ana', 'bo']);
  await http.world.policy(POLICY);
  for (const policy of [SHARED, URGENT]) await http.world.policy(policy);
});
afterAll(() => http.end());

let number = 0;
async function open(title: string, data: Record<string, unknown> = {}, type = 'request.made'): Promise<string> {
  const id = `m-${++number}`;
  const given = { id, title, who: 'ana', by: 'rita', ...data };
  const event = { specversion: '1.0', id, source: '/s', type, data: given };
  const { followUps } = (await http.call('POST', '/v1/events', event)).body;
  await http.world.settle();
  return followUps[0].id;
}

/** A link as a message of now has it. */
async function linkOf(recipient: string): Promise<string> {
  const at = Date.now() as Parameters<typeof pageFor>[2];
  const choice = { tenant: 'default', purpose: 'me', recipient, about: '' } as const;
  const { url, row } = pageFor({ secret: SECRET, publicUrl: '' }, choice, at);
  await http.world.database.transaction(ENGINE, (tx) => insertPageTokens(tx, [row]));
  return url;
}
const plain = { authorization: '' };
const look = async (who: string): Promise<Answer> => http.call('GET', await linkOf(who), undefined, plain);
const pressOn = (link: string, form: string): Promise<Answer> =>
  http.call('POST', link, form, { ...plain, 'content-type': 'application/x-www-form-urlencoded' });
const press = async (who: string, form: string): Promise<Answer> => pressOn(await linkOf(who), form);
const state = async (id: string) => (await http.call('GET', `/v1/follow-ups/${id}`)).body;
const actsOf = async (id: string, who: string) =>
  (await http.call('GET', `/v1/follow-ups/${id}/timeline`)).body.items.filter(
    (one: { actor?: string }) => one.actor === who,
  );
const titlesIn = ({ text }: Answer): string[] =>
  [...text.matchAll(/<h2>(?:<span class="tag">[^<]*<\/span>)?([^<]*)<\/h2>/g)].map(([, title = '']) => title);

describe('what waits', () => {
  it('is there in order of urgency, then of when it is due, with who asks, when, and where', async () => {
    await open('Later', { due: '2026-11-20' });
    await open('Overdue', { due: '2026-11-01' });
    await open('Whenever');
    const urgent = await open('Right now', { due: '2026-11-03', url: 'https://desk.example.test/7' }, 'alert.made');
    await open('Not hers', { who: 'bo' });
    const page = await look('ana');
    expect(page.status).toBe(200);
    expect(titlesIn(page)).toEqual(['Right now', 'Overdue', 'Later', 'Whenever']);
    expect(page.text).toContain('<span class="tag">Urgent</span>Right now');
    expect(page.text).toContain('Asked by Rita');
    expect(page.text).toContain('Was due Sunday, November 1, 2026');
    expect(page.text).toContain('Due Friday, November 20, 2026');
    expect(page.text).toContain('href="https://desk.example.test/7"');
    expect(page.text).toContain('You are acting as Ana.');
    expect(page.text).not.toContain('Not hers');
    expect(await state(urgent)).toMatchObject({ status: 'open' });
  });

  it('is acted on from there: by whom, from where and how surely is kept', async () => {
    const id = await open('Take it');
    const page = await press('ana', `about=${id}&do=acknowledge`);
    expect(page.text).toMatch(/role="status"><p class="soft">Take it<\/p><p><strong>Thank you. It is yours/);
    expect(await actsOf(id, 'ana')).toMatchObject([{ kind: 'acknowledged', channel: 'page', evidence: 'proven' }]);
    // Folded below, as it is in hand; done from there too.
    expect(page.text).toMatch(/In hand or later \(1\)[\s\S]*<h2>Take it<\/h2>[\s\S]*You have had this since/);
    const done = await press('ana', `about=${id}&do=resolve`);
    expect(done.text).toContain('Done. Thank you. Nothing more is asked of you.');
    expect(titlesIn(done)).not.toContain('Take it');
    const again = await press('ana', `about=${id}&do=snooze`);
    expect(again).toMatchObject({ status: 409, text: expect.stringContaining('This is done by Ana, on') });
  });

  it('takes back, puts off, promises, gives away and passes on as the page of one link does', async () => {
    const id = await open('Many ways');
    const undone = await press('ana', `about=${id}&do=snooze&for=4h`);
    expect(undone.text).toMatch(/Quiet until[\s\S]*name="do" value="unacknowledge"/);
    await press('ana', `about=${id}&do=unacknowledge`);
    expect(await state(id)).toMatchObject({ status: 'open', snoozedUntil: null });
    const bad = await press('ana', `about=${id}&do=commit&on=never`);
    expect(bad.status).toBe(400);
    expect(bad.text).toMatch(/is not a time[\s\S]*<details open><summary>Something else/);
    await press('ana', `about=${id}&do=commit&on=2026-11-06`);
    expect(await state(id)).toMatchObject({ commitment: { by: 'ana', dueAt: '2026-11-06T16:00:00.000Z' } });
    const given = await press('ana', `about=${id}&do=delegate&to=bo`);
    expect(given.text).toContain('Bo is asked now.');
    expect(titlesIn(given)).not.toContain('Many ways');
    expect(await state(id)).toMatchObject({ assignee: 'bo' });
  });

  it('of several who are asked is there for each of them until they have answered', async () => {
    const id = await open('Together', {}, 'shared.made');
    for (const who of ['ana', 'bo']) expect(titlesIn(await look(who))).toContain('Together');
    const page = await press('bo', `about=${id}&do=approve`);
    expect(titlesIn(page)).not.toContain('Together');
    expect(titlesIn(await look('ana'))).toContain('Together');
    // Both of its own ends stand there at one look.
    expect((await look('ana')).text).toMatch(/class="primary">Approve it<[\s\S]*class="quiet">Refuse it</);
  });

  it('is kind where there is nothing', async () => {
    const page = await look('idle');
    expect(page.text).toContain('Nothing waits for you.');
    expect(page.text).not.toContain('<form');
  });

  it('is in the language and the zone of its reader', async () => {
    await open('À lire', { who: 'luc', due: '2026-11-05T15:30:00Z' }, 'alert.made');
    const { text } = await look('luc');
    expect(text).toContain('<html lang="fr">');
    expect(text).toMatch(/Tout ce qui vous attend[\s\S]*À la demande de Rita[\s\S]*vendredi 6 novembre[^<]*00:30/);
    expect(text).not.toMatch(/waits for you|Asked by|Something else/);
  });
});

describe('a button pressed by a hundred hands at once', () => {
  it.each(['acknowledge', 'resolve', 'snooze&for=4h', 'commit&on=2026-11-06', 'decline', 'delegate&to=bo'])(
    '%s acts once',
    async (what) => {
      const id = await open(`Crowd ${what}`);
      const link = await linkOf('ana');
      const answers = await Promise.all(Array.from({ length: 100 }, () => pressOn(link, `about=${id}&do=${what}`)));
      expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
      expect(await actsOf(id, 'ana')).toHaveLength(1);
    },
  );
});

describe('what the page is not for', () => {
  it('somebody else’s follow-up is not touched, nor told of', async () => {
    const id = await open('Secret of Bo', { who: 'bo' });
    const page = await press('ana', `about=${id}&do=resolve`);
    expect(page).toMatchObject({ status: 409, text: expect.stringContaining('This is not asked of you any more') });
    expect(page.text).not.toContain('Secret of Bo');
    expect(await state(id)).toMatchObject({ status: 'open' });
  });
  it.each([
    '',
    'do=resolve',
    'about=&do=resolve',
    'about=%2F%2Fevil&do=resolve',
    'about=00000000-0000-7000-8000-000000000000',
  ])('"%s" does nothing', async (form) => {
    const before = titlesIn(await look('ana'));
    expect((await press('ana', form)).status).toBe(409);
    expect(titlesIn(await look('ana'))).toEqual(before);
  });
  it.each(['cancel', 'constructor', 'reopen', ''])('"%s" is not offered, and does nothing', async (what) => {
    const id = await open(`Not ${what}`);
    expect(await press('ana', `about=${id}&do=${what}`)).toMatchObject({
      status: 422,
      text: expect.stringContaining('does not offer that'),
    });
    expect(await state(id)).toMatchObject({ status: 'open' });
  });
  it('a link of another purpose, or of nobody, opens nothing', async () => {
    const token = (await linkOf('ana')).slice('/me/'.length);
    for (const path of ['/s', '/u', '/a'])
      expect((await http.call('GET', `${path}/${token}`, undefined, plain)).status).toBe(404);
    expect((await http.call('GET', await linkOf('stranger'), undefined, plain)).status).toBe(404);
  });
});

describe('installed', () => {
  it('has a manifest that opens the same page', async () => {
    const link = await linkOf('ana');
    const { text } = await look('ana');
    const [, at = ''] = /<link rel="manifest" href="([^"]+)">/.exec(text) ?? [];
    const place = new URL(at, `http://relance.test${link}`);
    const manifest = await http.call('GET', place.pathname, undefined, plain);
    expect(manifest.headers).toMatchObject({ 'content-type': 'application/manifest+json; charset=utf-8' });
    expect(new URL(manifest.body.start_url, place).pathname).toBe(link);
    expect(new URL(manifest.body.scope, place).pathname).toBe('/me/');
    const icon = await http.call('GET', new URL(manifest.body.icons[0].src, place).pathname, undefined, plain);
    expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml' });
    expect((await http.call('GET', `/me/${'A'.repeat(22)}/app.webmanifest`, undefined, plain)).status).toBe(404);
  });

  it('offers pushes only where there is somebody to send them, without any script of another place', async () => {
    const page = await look('ana');
    expect(page.text).not.toContain('<script');
    expect(page.headers['content-security-policy']).not.toContain('script-src');
    const pushing = await createHttpWorld(() => ({ pushKey: async () => 'BPUBLIC' }));
    await pushing.world.people([{ id: 'ana', name: 'Ana' }]);
    const own = http;
    http = pushing;
    const offered = await look('ana');
    http = own;
    await pushing.end();
    expect(offered.text).toMatch(/<button type="button" class="quiet device" hidden data-key="BPUBLIC"/);
    expect(offered.headers['content-security-policy']).toContain("script-src 'self'");
  });
});
