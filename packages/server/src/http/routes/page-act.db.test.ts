// What people do on the page behind a link beside its own action: promise a day, give it away, say it is not theirs, take back what
// they said; each as one command with who, where and how surely. Opening the page does none of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { tokenFor } from '../../responses/action-link.ts';

const POLICY = `
policy: request
open: { on: request.made }
resolve: [ { on: request.paid, outcome: paid }, { on: request.waived, outcome: waived } ]
key: event.data.id
assignee: event.data.who
requester: "'rita'"
team: desk
stages: [ { id: notice, at: opened, notify: { via: [email] } }, { id: again, at: opened + 20 days } ]
`;
let http: HttpWorld;
let number = 0;
let id = '';
let mail = '';
beforeAll(async () => {
  http = await createHttpWorld();
  const people = ['ana', 'bo', 'cleo', 'rita', 'guest', 'sam'].map((one) => ({
    id: one,
    name: one[0]?.toUpperCase() + one.slice(1),
    email: `${one}@example.test`,
    timeZone: 'Europe/Madrid',
    manager: 'cleo',
  }));
  await http.world.people(people);
  await http.world.people([{ id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr', manager: 'cleo' }]);
  await http.world.group('desk', ['ana', 'bo', 'luc']);
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

async function open(who = 'ana'): Promise<void> {
  const key = `r-${++number}`;
  const event = { specversion: '1.0', id: key, source: '/s', type: 'request.made', data: { id: key, who } };
  id = (await http.call('POST', '/v1/events', event)).body.followUps[0].id;
  await http.world.settle();
  mail = (await http.call('GET', `/v1/messages?followUp=${id}`)).body.items[0].id;
}
beforeEach(() => open());
const linkOf = (action: string) => `/a/${tokenFor(SECRET, 'default', mail, action)}`;
const look = (action = 'acknowledge') => http.call('GET', linkOf(action), undefined, { authorization: '' });
const press = (body: string, action = 'acknowledge') =>
  http.call('POST', linkOf(action), body, {
    authorization: '',
    'content-type': 'application/x-www-form-urlencoded',
  });
const state = async () => (await http.call('GET', `/v1/follow-ups/${id}`)).body;
const last = async () => (await http.call('GET', `/v1/follow-ups/${id}/timeline`)).body.items.at(-1);

describe('without a page', () => {
  const ask = (action: string, body = '', method = 'POST') =>
    http.call(method, linkOf(action), method === 'POST' ? body : undefined, {
      authorization: '',
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    });

  it('what came of it is told in two lines, which the site that shows a push may read', async () => {
    const answer = await ask('resolve');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': '*', 'cache-control': 'no-store' },
      body: { title: (await state()).subject.title, text: 'Done. Thank you. Nothing more is asked of you.' },
    });
    expect(await state()).toMatchObject({ status: 'resolved', resolvedBy: 'ana' });
    expect((await ask('acknowledge')).body.text).toMatch(
      /^This is done by Ana, on .* There is nothing left for you to do\.$/,
    );
    expect(await ask('acknowledge')).toMatchObject({ status: 409 });
  });
  it('looking does nothing, however it asks, and a link that nobody made is told so', async () => {
    expect((await ask('resolve', '', 'GET')).text).toContain('<!doctype html>');
    expect((await state()).status).toBe('open');
    expect(
      await http.call('POST', `/a/${'x'.repeat(22)}`, '', {
        authorization: '',
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ).toMatchObject({ status: 404, body: { title: 'This link is not known' } });
  });
});

describe('a promise', () => {
  it('is for the end of a day where its reader is, and can be taken back', async () => {
    const page = await press('do=commit&on=2026-11-06&comment=waiting+for+the+bank');
    expect(page.text).toContain('We count on it by');
    expect(await state()).toMatchObject({
      status: 'acknowledged',
      commitment: { dueAt: '2026-11-06T16:00:00.000Z', by: 'ana' },
    });
    expect(await last()).toMatchObject({ kind: 'committed', actor: 'ana', evidence: 'proven', channel: 'email' });
    expect(page.text).toMatch(/name="do" value="unacknowledge"><button[^>]*>Undo/);
    expect((await press('do=unacknowledge')).text).toContain('Taken back. It is open again.');
    expect(await state()).toMatchObject({ status: 'open' });
  });
  it.each([
    ['do=commit', 400, 'No day was chosen'],
    ['do=commit&on=tomorrow', 400, '&quot;tomorrow&quot; is not a time'],
    ['do=commit&on=2026-11-01', 400, 'A commitment is for a time in the future'],
    ['do=commit&on=2027-11-01', 400, 'This policy allows a commitment until'],
  ])('%s changes nothing, and says why', async (form, status, text) => {
    expect(await press(form)).toMatchObject({ status, text: expect.stringContaining(text) });
    expect(await state()).toMatchObject({ status: 'open', commitment: null });
  });
});

describe('giving it away', () => {
  it('to a colleague, of whom the page of a member shows the names', async () => {
    expect((await look()).text).toContain('<option value="bo">Bo</option>');
    const page = await press('do=delegate&to=bo&email=');
    expect(page.text).toContain('Bo is asked now.');
    expect(page.text).not.toContain('<details>');
    expect(await state()).toMatchObject({ assignee: 'bo', watchers: ['ana'] });
    await http.world.settle();
    expect(http.world.recorders.email.sent.at(-1)).toMatchObject({ recipient: { id: 'bo' } });
  });
  it.each([
    ['manager', 'CLEO%40example.test', 'cleo'],
    ['colleague', 'luc%40example.test', 'luc'],
    ['requester', 'rita%40example.test', 'rita'],
  ])('to a %s by their address', async (_who, email, to) => {
    await press(`do=delegate&to=&email=${email}`);
    expect(await state()).toMatchObject({ assignee: to });
  });
  it('to nobody else, and nobody is told whether they are known here, nor afterwards when it is no longer theirs', async () => {
    const asked = (who: string) => [`do=delegate&email=${who}%40example.test`, `do=delegate&to=${who}`];
    const answers = async () => {
      const pages = [];
      for (const form of [...asked('sam'), ...asked('nobody')]) pages.push(await press(form));
      return pages.map(({ status, text }) => ({ status, text }));
    };
    const [first, ...others] = await answers();
    expect(first).toMatchObject({ status: 400, text: expect.stringContaining('You cannot give it to them here') });
    for (const one of others) expect(one).toEqual(first);
    expect(await state()).toMatchObject({ assignee: 'ana' });
    await press('do=delegate&to=bo');
    const [after, ...more] = await answers();
    for (const one of more) expect(one).toEqual(after);
    expect(await state()).toMatchObject({ assignee: 'bo' });
    // A group with a guest tells them of nobody in another.
    await open('guest');
    const page = await press('do=delegate&to=bo');
    expect(page).toMatchObject({ status: 400 });
    expect(await state()).toMatchObject({ assignee: 'guest' });
  });
  it('whoever is not of the team is not told who is', async () => {
    await open('guest');
    const page = (await look()).text;
    expect(page).toContain('Give it to somebody else');
    expect(page).not.toMatch(/>Bo<|>Luc</);
  });
  it.each([['do=delegate'], ['do=delegate&email=nobody%40example.test'], ['do=delegate&to=stranger']])(
    '%s changes nothing, and says why',
    async (form) => {
      expect(await press(form)).toMatchObject({
        status: 400,
        text: expect.stringContaining('You cannot give it to them here'),
      });
      expect(await state()).toMatchObject({ assignee: 'ana' });
    },
  );
});

describe('declining', () => {
  it.each([
    ['do=decline', 'declined'],
    ['do=decline&why=wrong_person', 'wrong_person'],
  ])('%s passes it on to the manager, and says which', async (form, reason) => {
    const page = await press(form);
    expect(page.text).toContain('Somebody else is asked now.');
    expect(await state()).toMatchObject({ assignee: 'cleo' });
    const { items } = (await http.call('GET', `/v1/follow-ups/${id}/timeline`)).body;
    expect(items).toContainEqual(expect.objectContaining({ kind: 'declined', actor: 'ana', reason }));
  });
});

describe('what else a page does', () => {
  it('done says how it ended, in the words of the policy', async () => {
    expect((await look()).text).toContain('<option value="waived">waived</option>');
    await press('do=resolve&outcome=waived');
    expect(await state()).toMatchObject({ status: 'resolved', outcome: 'waived', resolvedBy: 'ana' });
  });
  it('a snooze until the morning of a day', async () => {
    await press('do=snooze&for=1d&on=2026-11-05');
    expect(await state()).toMatchObject({ snoozedUntil: '2026-11-05T08:00:00.000Z' });
  });
  it('in French', async () => {
    await open('luc');
    const page = (await look()).text;
    expect(page).toMatch(/Je le ferai d’ici là[\s\S]*Le confier à quelqu’un d’autre[\s\S]*Ce n’est pas pour moi/);
    expect((await press('do=delegate')).text).toContain('Vous ne pouvez pas le lui confier ici');
  });
  it('a page that is only opened does none of it, and what no page does is not done', async () => {
    for (const action of ['acknowledge', 'resolve', 'snooze']) await look(action);
    expect(await state()).toMatchObject({ status: 'open', assignee: 'ana' });
    for (const form of ['do=cancel', 'do=', 'do=resolve%20', 'do=constructor'])
      expect(await press(form)).toMatchObject({ status: 422, text: expect.stringContaining('does not offer that') });
    expect(await state()).toMatchObject({ status: 'open', assignee: 'ana' });
  });
  it('nobody promises for somebody else, nor takes back what another has said, whatever they post', async () => {
    await http.call('POST', `/v1/follow-ups/${id}/reassign`, { actor: 'cleo', to: 'bo' });
    await press('do=commit&on=2026-11-13');
    expect(await state()).toMatchObject({ assignee: 'bo', status: 'open', commitment: null });
    await http.call('POST', `/v1/follow-ups/${id}/commit`, { actor: 'bo', by: '2026-11-13T17:00:00Z' });
    await press('do=unacknowledge');
    expect(await state()).toMatchObject({ status: 'acknowledged', commitment: { by: 'bo' } });
    const until = '2026-11-03T09:00:00Z';
    await http.call('POST', `/v1/follow-ups/${id}/snooze`, { actor: 'bo', until });
    await press('do=unacknowledge');
    expect((await state()).snoozedUntil).not.toBeNull();
  });
  it('somebody it is no longer with has nothing to promise or to give away', async () => {
    await press('do=delegate&to=bo');
    expect((await look()).text).not.toContain('Give it to somebody else');
    await press('do=decline');
    expect(await state()).toMatchObject({ assignee: 'bo', acknowledgedBy: null });
  });
  it.each(['do=decline', 'do=delegate&to=bo', 'do=snooze&for=4h', 'do=commit&on=2026-11-06', ''])(
    '"%s" pressed by a hundred hands at once acts once',
    async (form) => {
      const before = (await http.call('GET', `/v1/follow-ups/${id}/timeline`)).body.items.length;
      const answers = await Promise.all(Array.from({ length: 100 }, () => press(form)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(answers.filter(({ text }) => !text.includes('nothing changed'))).toHaveLength(1);
      const { items } = (await http.call('GET', `/v1/follow-ups/${id}/timeline`)).body;
      const acts = items.slice(before).filter((one: { actor?: string }) => one.actor === 'ana');
      expect(acts).toHaveLength(1);
    },
  );
});
