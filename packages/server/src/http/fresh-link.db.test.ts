// A link that is too old: its page offers a fresh one, and only its form has it sent: to whom the old one was for, at the address that
// is known of them, once in ten minutes, and whoever asks is told nothing about that.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { SECRET } from '../../../../test/world.ts';
import { tokenFor } from '../responses/action-link.ts';
import { pageFor } from '../responses/page-link.ts';
import { ENGINE } from '../store/database.ts';
import { insertPageTokens } from '../store/sql/page-token.ts';

const POLICY = `
policy: request
category: billing
open: { on: request.made }
key: event.data.id
subject: { type: request, id: event.data.id, title: event.data.title }
assignee: event.data.who
requester: "'rita'"
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;
let http: HttpWorld;
let number = 0;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test' },
    { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr' },
    { id: 'rita', name: 'Rita', email: 'rita@example.test' },
    { id: 'mute', name: 'Mute' },
    { id: 'untold', name: 'Untold', email: 'untold@example.test' },
  ]);
  await http.world.policy(POLICY);
});
beforeEach(() => sql('DELETE FROM relance.fresh_links'));
afterAll(() => http.end());

const sql = (text: string, values: readonly unknown[] = []) =>
  http.world.database.transaction(ENGINE, (tx) => tx.query(text, values));

async function open(who: string): Promise<string> {
  const key = `f-${++number}`;
  const event = {
    specversion: '1.0',
    id: key,
    source: '/s',
    type: 'request.made',
    data: { id: key, who, title: 'Bill 7' },
  };
  const { followUps } = (await http.call('POST', '/v1/events', event)).body;
  await http.world.settle();
  return followUps[0].id;
}
/** A link of half a year ago. */
async function oldPage(purpose: 'me' | 'status', recipient: string, about = ''): Promise<string> {
  const then = Date.parse('2026-05-20T00:00:00Z') as Parameters<typeof pageFor>[2];
  const { url, row } = pageFor(
    { secret: SECRET, publicUrl: '' },
    { tenant: 'default', purpose, recipient, about },
    then,
  );
  await http.world.database.transaction(ENGINE, (tx) => insertPageTokens(tx, [row]));
  await sql(`UPDATE relance.page_tokens SET expires_at = clock_timestamp() - interval '1 day' WHERE hash = $1`, [
    row.hash,
  ]);
  return url;
}
async function oldAction(followUp: string): Promise<string> {
  const { items } = (await http.call('GET', `/v1/messages?followUp=${followUp}`)).body;
  await sql(
    `UPDATE relance.action_tokens SET expires_at = clock_timestamp() - interval '1 day' WHERE follow_up_id = $1`,
    [followUp],
  );
  return `/a/${tokenFor(SECRET, 'default', items[0].id, 'acknowledge')}`;
}
const plain = { authorization: '' };
const look = (link: string): Promise<Answer> => http.call('GET', link, undefined, plain);
async function ask(link: string, form = 'fresh=1'): Promise<Answer> {
  const answer = await http.call('POST', link, form, { ...plain, 'content-type': 'application/x-www-form-urlencoded' });
  await http.world.settle();
  return answer;
}
const mails = () => http.world.recorders.email.sent.filter(({ stage }) => stage === '@link');
const lastMail = () => mails().at(-1);
const linkIn = (text = ''): string => new URL(/http:\S+/.exec(text)?.[0] ?? 'http://none').pathname;

describe('an old link', () => {
  it('of an action says so, offers a fresh one, and sends none by being looked at', async () => {
    const followUp = await open('ana');
    const link = await oldAction(followUp);
    const before = mails().length;
    const page = await look(link);
    expect(page).toMatchObject({ status: 410, text: expect.stringContaining('Send me a fresh link') });
    await http.call('HEAD', link, undefined, plain);
    expect((await ask(link, 'do=resolve')).status).toBe(410);
    expect(mails()).toHaveLength(before);
    expect((await http.call('GET', `/v1/follow-ups/${followUp}`)).body.status).toBe('open');

    expect(await ask(link)).toMatchObject({ status: 200, text: expect.stringContaining('Look into your mail') });
    expect(mails()).toHaveLength(before + 1);
    expect(lastMail()).toMatchObject({ address: 'ana@example.test', content: { subject: 'Your fresh link: Bill 7' } });
    const fresh = linkIn(lastMail()?.content.text);
    expect(fresh).toMatch(/^\/a\/[\w-]{22}$/);
    expect((await look(fresh)).text).toContain('I have this');
    // It is in the timeline, and moves nothing there.
    const { items } = (await http.call('GET', `/v1/follow-ups/${followUp}/timeline`)).body;
    expect(items.at(-1)).toMatchObject({ kind: 'message_sent', reason: 'link_asked', recipient: 'ana' });
  });

  it('of everything that waits, and of a status page, leads to the same page again', async () => {
    const followUp = await open('luc');
    await ask(await oldPage('me', 'luc'));
    expect(lastMail()).toMatchObject({ address: 'luc@example.test', content: { subject: 'Votre nouveau lien' } });
    expect((await look(linkIn(lastMail()?.content.text))).text).toContain('Tout ce qui vous attend');
    const status = await oldPage('status', 'rita', followUp);
    expect((await look(status)).status).toBe(410);
    await ask(status);
    expect(lastMail()?.address).toBe('rita@example.test');
    expect((await look(linkIn(lastMail()?.content.text))).text).toContain('Where it stands');
  });

  it('of somebody for whom nothing waits any more still brings their page', async () => {
    const followUp = await open('ana');
    await http.call('POST', `/v1/follow-ups/${followUp}/resolve`, { actor: 'ana' });
    const before = mails().length;
    await ask(await oldPage('me', 'ana'));
    expect(mails()).toHaveLength(before + 1);
  });
});

describe('whoever asks', () => {
  it('is sent one in ten minutes, whatever links and however many hands', async () => {
    const followUp = await open('ana');
    const links = [await oldAction(followUp), await oldPage('me', 'ana')];
    const before = mails().length;
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(links[index % 2] ?? '')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(mails()).toHaveLength(before + 1);
    await sql(`UPDATE relance.fresh_links SET asked_at = asked_at - interval '9 minutes'`);
    await ask(links[1] ?? '');
    expect(mails()).toHaveLength(before + 1);
    await sql(`UPDATE relance.fresh_links SET asked_at = asked_at - interval '2 minutes'`);
    await ask(links[1] ?? '');
    expect(mails()).toHaveLength(before + 2);
  });

  it('is told the same where there is no address, nobody, or a suppressed one, and names no address', async () => {
    await open('mute');
    const followUp = await open('ana');
    const before = mails().length;
    const said = (await ask(await oldPage('me', 'ana'), 'fresh=1&email=evil%40example.test&to=evil')).text;
    expect(mails()).toHaveLength(before + 1);
    expect(lastMail()?.address).toBe('ana@example.test');
    expect((await ask(await oldPage('me', 'mute'))).text).toBe(said);
    expect((await ask(await oldPage('me', 'untold'))).text).toBe(said);
    await sql('DELETE FROM relance.fresh_links');
    await http.call('PUT', '/v1/suppressions', { channel: 'email', address: 'ana@example.test', reason: 'asked' });
    expect((await ask(await oldAction(followUp))).text).toBe(said);
    expect(mails()).toHaveLength(before + 1);
    await http.call('DELETE', '/v1/suppressions?channel=email&address=ana@example.test&reason=back');
  });

  it('gets it also where they have left the category: they asked for it', async () => {
    const followUp = await open('ana');
    const link = await oldAction(followUp);
    const choice = { tenant: 'default', recipient: 'ana', category: 'billing' };
    await http.ports.consents.optOut(choice, { how: 'page' });
    const before = mails().length;
    await ask(link);
    expect(mails()).toHaveLength(before + 1);
    await http.ports.consents.optIn(choice, { how: 'page' });
  });
});
