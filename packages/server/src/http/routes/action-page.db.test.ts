// The page behind an action link, under input that no form of ours sends: it acts or refuses, and never breaks.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type Answer, createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { type ActionName, tokenFor } from '../../responses/action-link.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';
import { createHttpServer } from '../server.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

let http: HttpWorld;
let followUp: string;
let message: string;
let number = 0;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await http.world.policy(POLICY);
});
beforeEach(async () => {
  const made = await http.call('POST', '/v1/follow-ups', { policy: 'task', key: `t-${++number}`, assignee: 'ana' });
  followUp = made.body.id;
  await http.world.settle();
  message = (await http.call('GET', `/v1/messages?followUp=${followUp}`)).body.items[0].id;
});
afterAll(() => http.end());

const press = (action: ActionName, form: string): Promise<Answer> =>
  http.call('POST', `/a/${tokenFor(SECRET, 'default', message, action)}`, form, {
    authorization: '',
    'content-type': 'application/x-www-form-urlencoded',
  });
const state = async () => (await http.call('GET', `/v1/follow-ups/${followUp}`)).body;

describe('a note', () => {
  it('that cannot be stored is refused, and nothing happens', async () => {
    expect(await press('acknowledge', 'comment=a%00b')).toMatchObject({ status: 400, body: { code: 'bad_text' } });
    expect(await state()).toMatchObject({ status: 'open' });
  });
  it('is never cut in the middle of a character', async () => {
    expect((await press('acknowledge', `comment=${'a'.repeat(3_999)}${encodeURIComponent('😀')}`)).status).toBe(200);
    const { body } = await http.call('GET', `/v1/follow-ups/${followUp}/timeline`);
    expect(JSON.stringify(body)).toContain(`"${'a'.repeat(3_999)}"`);
  });
});

describe('a link of the time before the secret was changed', () => {
  const show = async (action: ActionName): Promise<string> =>
    (await http.call('GET', `/a/${tokenFor(SECRET, 'default', message, action)}`)).text;
  const linkOf = (action: ActionName): string => tokenFor(SECRET, 'default', message, action);
  it('leads to the same page, whose forms all work, for good', async () => {
    const later = await createHttpServer({ ...http.ports, secret: 'n'.repeat(40) });
    const page = (await later.inject(`/a/${linkOf('acknowledge')}`)).body;
    expect(page).toBe(await show('acknowledge'));
    expect(page).toContain('name="do" value="resolve"');
    expect(page).not.toContain(linkOf('resolve'));
    await later.close();
  });
});

describe('a choice that is none of ours', () => {
  it.each(['constructor', '__proto__', 'toString', '100y'])('%s changes nothing', async (choice) => {
    expect((await press('snooze', `for=${choice}`)).status).toBe(400);
    expect(await state()).toMatchObject({ status: 'open', snoozedUntil: null });
  });
});

describe('the page for whoever has it already', () => {
  const buttonsOf = (page: string): string[] =>
    [...page.matchAll(/class="(primary|quiet)">([^<]+)</g)].map(([, kind, label]) => `${kind} ${label}`);
  const look = async (action: ActionName): Promise<Answer> =>
    http.call('GET', `/a/${tokenFor(SECRET, 'default', message, action)}`, undefined, { authorization: '' });

  it('offers as large that it is done; the first form stays the one of the link', async () => {
    const before = buttonsOf((await look('acknowledge')).text);
    const acts = [
      'quiet I will do it by then',
      'quiet Give it to somebody else',
      'quiet This is not mine',
      'quiet You have the wrong person',
    ];
    expect(before).toEqual(['primary I have this', 'quiet It is done', 'quiet Remind me later', ...acts]);
    expect(buttonsOf((await press('acknowledge', '')).text)).toEqual([
      'quiet Undo',
      'primary It is done',
      'quiet Remind me later',
      ...acts,
    ]);
    const page = (await look('acknowledge')).text;
    expect(buttonsOf(page)).toEqual(['quiet I have this', 'primary It is done', 'quiet Remind me later', ...acts]);
    expect(page).toContain('You have had this since');
    expect(buttonsOf((await look('snooze')).text)).toEqual([
      'primary Remind me later',
      'quiet I have this',
      'quiet It is done',
      ...acts,
    ]);
    expect((await press('acknowledge', '')).text).toContain('nothing changed'); // an older page in another tab
  });
  it('offers it still where somebody else has it', async () => {
    await http.call('POST', `/v1/follow-ups/${followUp}/acknowledge`, { actor: 'bo' });
    expect(buttonsOf((await look('acknowledge')).text)[0]).toBe('primary I have this');
  });
});

describe('whoever waits for it or follows it, and is not asked', () => {
  const TOLD = `
policy: told
open: { on: told.created }
key: event.data.id
assignee: event.data.who
requester: event.data.by
watchers: event.data.watchers
stages: [ { id: note, at: opened, notify: { to: [assignee, requester, watchers], via: [email, inbox] } } ]
`;
  const people = ['ana', 'rita', 'wim'];
  async function told(key: string, policy = TOLD) {
    await http.world.people(people.map((id) => ({ id, email: `${id}@example.test` })));
    await http.world.policy(policy);
    const body = { policy: 'told', key, assignee: 'ana', requester: 'rita', watchers: ['wim'] };
    const { id } = (await http.call('POST', '/v1/follow-ups', body)).body;
    await http.world.settle();
    const { items } = (await http.call('GET', `/v1/messages?followUp=${id}`)).body;
    const of = (who: string, channel: string) =>
      items.find((one: { recipient: string; channel: string }) => one.recipient === who && one.channel === channel);
    const buttons = (who: string, channel: string): string[] =>
      of(who, channel).content.actions.map(({ name }: { name: string }) => name);
    return { id, of, buttons };
  }

  it('is offered no pause, only what ends it, in every message and on its page', async () => {
    const { id, of, buttons } = await told('t-1');
    for (const channel of ['email', 'inbox']) {
      expect(buttons('ana', channel)).toEqual(['acknowledge', 'resolve', 'snooze']);
      for (const who of ['rita', 'wim']) expect(buttons(who, channel)).toEqual(['resolve']);
    }
    expect(of('ana', 'email').content.html).toContain('I have this');
    expect(of('rita', 'email').content.html).toMatch(/It is done/);
    for (const part of ['html', 'text'] as const)
      expect(of('rita', 'email').content[part]).not.toMatch(/I have this|Remind me later/);
    const address = `/a/${tokenFor(SECRET, 'default', of('rita', 'email').id, 'resolve')}`;
    const page = await http.call('GET', address, undefined, { authorization: '' });
    expect(page.text).not.toMatch(/I have this|Remind me later/);
    const form = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await http.call('POST', address, '', form)).status).toBe(200);
    expect((await http.call('GET', `/v1/follow-ups/${id}`)).body).toMatchObject({
      status: 'resolved',
      resolvedBy: 'rita',
    });
  });

  it('is offered nothing where their "done" would only be a claim', async () => {
    const { buttons } = await told('t-2', `${TOLD}resolvableBy: [assignee, requester]\n`);
    expect([buttons('ana', 'email').length, buttons('rita', 'email'), buttons('wim', 'email')]).toEqual([
      3,
      ['resolve'],
      [],
    ]);
  });
});

describe('the page of a follow-up in the mailbox', () => {
  it('offers to acknowledge what nobody has', async () => {
    const { headers } = await http.call('POST', '/mailbox/session', `key=${ADMIN_KEY}`, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    const page = async () => (await http.call('GET', `/mailbox/follow-ups/${followUp}`, undefined, { cookie })).text;
    expect(await page()).toContain('value="acknowledge"');
    await press('acknowledge', '');
    expect(await page()).not.toContain('value="acknowledge"');
    expect(await page()).toContain('value="resolve"');
    await press('snooze', 'for=1d');
    expect(await page()).toContain('value="acknowledge"');
  });
});

describe('a form with an origin that is no address', () => {
  it('is refused', async () => {
    const answer = await http.call('POST', '/mailbox/session', 'key=x', {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'nowhere',
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'foreign_origin' } });
  });
});

describe('text of an event in binary mode that cannot be stored', () => {
  it.each([
    ['text/plain', 'a\0b'],
    ['application/yaml', 'a: "\0"'],
    ['application/x-www-form-urlencoded', 'a=%00'],
  ])('is refused at the door as %s', async (type, body) => {
    const answer = await http.call('POST', '/v1/events', Buffer.from(body), {
      'content-type': type,
      'ce-id': type,
      'ce-source': '/s',
      'ce-type': 't',
      'ce-specversion': '1.0',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_text' } });
  });
});

describe('the page behind a proxy that keeps us under a path', () => {
  it('posts to where it was read', async () => {
    const token = tokenFor(SECRET, 'default', message, 'acknowledge');
    const { text } = await http.call('GET', `/a/${token}`, undefined, { authorization: '' });
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(text) ?? [];
    const address = new URL(action, `https://acme.example/relance/a/${token}`);
    expect(address.href).toBe(`https://acme.example/relance/a/${token}`);
  });
});

describe('times and words for somebody of whom neither zone nor locale is known', () => {
  const settings = (zone: string | null, locale: string) =>
    http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { zone, locale }));
  afterAll(() => settings(null, 'en'));

  it.each([
    { calendar: null, zone: null, locale: 'en', says: 'Due Monday, March 1, 2027 at 9:00 AM UTC.' },
    { calendar: null, zone: 'Asia/Tokyo', locale: 'en', says: 'Due Monday, March 1, 2027 at 6:00 PM GMT+9.' },
    { calendar: 'lagos', zone: 'Asia/Tokyo', locale: 'fr', says: 'Échéance : lundi 1 mars 2027 à 10:00 UTC+1.' },
    {
      calendar: '{ zone: Africa/Lagos }',
      zone: null,
      locale: 'fr',
      says: 'Échéance : lundi 1 mars 2027 à 10:00 UTC+1.',
    },
  ])(
    'are those of the message: calendar $calendar, tenant $zone, $locale',
    async ({ calendar, zone, locale, says }) => {
      await http.call('PUT', '/v1/calendars/lagos', { zone: 'Africa/Lagos' });
      await settings(zone, locale);
      await http.world.policy(`${POLICY}title: Case ${number}\n${calendar === null ? '' : `calendar: ${calendar}\n`}`);
      const made = { policy: 'task', key: `t-${++number}`, assignee: 'ana', dueAt: '2027-03-01T09:00:00Z' };
      const { id } = (await http.call('POST', '/v1/follow-ups', made)).body;
      await http.world.settle();
      const [sent] = (await http.call('GET', `/v1/messages?followUp=${id}`)).body.items;
      expect((await http.call('GET', `/v1/messages/${sent.id}`)).body.content.text).toContain(says);
      const token = tokenFor(SECRET, 'default', sent.id, 'acknowledge');
      const page = await http.call('GET', `/a/${token}`, undefined, { authorization: '' });
      expect(page.text).toContain(`lang="${locale}"`);
      expect(page.text).toContain(says.replace(/\.$/, ''));
    },
  );
});

describe('its language', () => {
  const said = async (locale: string, tenantLocale: string): Promise<{ show: string; refused: string }> => {
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { locale: tenantLocale }));
    await http.world.people([{ id: 'dee', email: 'dee@example.test', locale, timeZone: 'Europe/Paris' }]);
    const key = `t-${++number}`;
    const dueAt = '2026-12-01T09:00:00Z';
    const { body } = await http.call('POST', '/v1/follow-ups', { policy: 'task', key, assignee: 'dee', dueAt });
    await http.world.settle();
    message = (await http.call('GET', `/v1/messages?followUp=${body.id}`)).body.items[0].id;
    const show = (await http.call('GET', `/a/${tokenFor(SECRET, 'default', message, 'acknowledge')}`)).text;
    return { show, refused: (await press('snooze', 'for=900d')).text };
  };
  const langOf = (page: string) => /<html lang="([^"]*)"/.exec(page)?.[1];

  it('is one for all of it: words, buttons, dates and refusals', async () => {
    const { show, refused } = await said('fr-CA', 'en');
    expect(langOf(show)).toBe('fr-CA');
    for (const french of ['Échéance : mardi 1 décembre à 10 h 00', 'Je m&#39;en occupe', 'Dans une heure'])
      expect(show).toContain(french);
    expect(refused).toContain('Ce délai est plus long que ce qui est permis ici');
    expect(refused).not.toContain('This policy');
  });
  it('is the next one as a whole where there are no words in the reader’s', async () => {
    const english = (await said('de', 'en')).show;
    expect(langOf(english)).toBe('en');
    expect(english).toContain('Due Tuesday, December 1 at 10:00 AM');
    expect(english).not.toMatch(/Dienstag|Dezember/);
    const french = (await said('de', 'fr-CH')).show;
    expect(langOf(french)).toBe('fr');
    expect(french).toContain('Échéance : mardi 1 décembre à 10:00');
    expect(french).not.toMatch(/Dienstag|Due |I have this/);
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { locale: 'en' }));
  });
});
