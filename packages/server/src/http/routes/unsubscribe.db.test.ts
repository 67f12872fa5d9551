// Unsubscribe links: who looks changes nothing, one press is enough and works once, in both encodings of RFC 8058, for one
// person and one category of one tenant; essential messages have no link and cannot be stopped; and it can be undone.

import type { CategoryKnown } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { pageTokenFor } from '../../responses/page-link.ts';
import { ENGINE } from '../../store/database.ts';
import { putCategory } from '../../store/sql/category.ts';

const policyOf = (id: string, category: string): string => `
policy: ${id}
category: ${category}
open: { on: ${id}.created }
resolve: { on: ${id}.done }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email, sms, inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana <b>', email: 'ana@example.test', phone: '+34600000001' },
    { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr' },
    { id: 'bo', email: 'bo@example.test' },
    { id: 'boss', email: 'boss@example.test' },
  ]);
  for (const [id, category] of [
    ['bill', 'billing'],
    ['news', 'news'],
    ['fire', 'safety'],
  ] as const)
    await http.world.policy(policyOf(id, category));
  await category({ id: 'billing', title: 'Bills & payments', essential: false, why: null, defaults: {} });
  await category({ id: 'safety', title: 'Safety', essential: true, why: null, defaults: {} });
});
afterAll(() => http.end());

const category = (one: CategoryKnown) =>
  http.world.database.transaction(ENGINE, (tx) => putCategory(tx, 'default', one));
let number = 0;
/** Opens one, hands over what is due, and answers what was sent. */
async function sentBy(policy: string, who: string): Promise<string[]> {
  const before = http.world.sent().length;
  await http.world.event(`${policy}.created`, { id: `k${++number}`, who });
  await http.world.settle();
  return http.world.sent().slice(before).sort();
}
const lastMail = () => http.world.recorders.email.sent.at(-1);
const linkOf = (): string => new URL(lastMail()?.unsubscribeUrl ?? 'http://none/').pathname;
const form = (body: string) => ({ body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
const post = (path: string, { body, headers }: { body: string; headers: Record<string, string> }) =>
  http.call('POST', path, body, { authorization: '', ...headers });
const get = (path: string) => http.call('GET', path, undefined, { authorization: '' });
const ONE_CLICK = form('List-Unsubscribe=One-Click');
const changes = (): Promise<Record<string, unknown>[]> =>
  http.world.database.transaction(ENGINE, (tx) =>
    tx.query(
      'SELECT recipient, category, channel, changed_to AS wanted, how, evidence FROM relance.preference_changes ORDER BY id',
    ),
  );

describe('an unsubscribe link', () => {
  let ana: string;
  it('comes with every email of a category that can be switched off, the same each time, and with nothing else', async () => {
    await sentBy('bill', 'ana');
    ana = linkOf();
    expect(ana).toMatch(/^\/u\/[\w-]{22}$/);
    expect(
      [...http.world.recorders.sms.sent, ...http.world.recorders.inbox.sent].map((one) => one.unsubscribeUrl),
    ).toEqual([null, null]);
    await sentBy('bill', 'ana');
    expect(linkOf()).toBe(ana);
    await sentBy('news', 'ana');
    expect(linkOf()).not.toBe(ana);
    await sentBy('bill', 'bo');
    expect(linkOf()).not.toBe(ana);
    await sentBy('fire', 'ana');
    expect(lastMail()?.unsubscribeUrl).toBeNull();
    const stored = await http.world.database.transaction(ENGINE, (tx) =>
      tx.query('SELECT t::text AS row FROM relance.page_tokens t'),
    );
    expect(stored).toHaveLength(7); // none a message: three, and of two people the preference centre and what waits for them
    expect(JSON.stringify(stored)).not.toContain(ana.slice(3));
  });

  it('shows its page to whoever looks, a thousand times, and changes nothing', async () => {
    const first = await get(ana);
    expect(first.status).toBe(200);
    expect(first.text).toContain('Bills &amp; payments');
    expect(first.text).toContain('Ana &lt;b&gt;');
    expect(first.text.match(/<button/g)).toHaveLength(1);
    expect(first.text).not.toContain('<script');
    expect((await get(/href="\.\.(\/p\/[\w-]{22})"/.exec(first.text)?.[1] ?? '')).status).toBe(200);
    expect(first.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
    });
    expect(first.headers['set-cookie']).toBeUndefined();
    expect(String(first.headers['content-security-policy'])).toContain("default-src 'none'");
    for (let look = 0; look < 500; look++) {
      expect((await get(ana)).status).toBe(200);
      expect((await http.call('HEAD', ana, undefined, { authorization: '' })).status).toBe(200);
    }
    expect(await changes()).toEqual([]);
    expect(await sentBy('bill', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
  });

  it('takes back what waits, before it answers; a hundred presses at once are one', async () => {
    await http.world.event('bill.created', { id: 'waits', who: 'ana' });
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(ana, ONE_CLICK)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.headers.location).toBeUndefined();
    const { body } = await http.call('GET', '/v1/messages?recipient=ana&status=queued');
    expect(body.items.map((one: { channel: string }) => one.channel)).toEqual(['inbox']);
    expect(await changes()).toEqual([
      {
        recipient: 'ana',
        category: 'billing',
        channel: '',
        wanted: false,
        how: 'one_click',
        evidence: { userAgent: expect.any(String) },
      },
    ]);
    expect((await get(ana)).text).toContain('You get none of these messages.');
  });

  it('is about this person and this category alone; what is in the inbox is looked at, not sent', async () => {
    await http.world.settle();
    expect(await sentBy('bill', 'ana')).toEqual(['inbox ana notice']);
    expect(await sentBy('news', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
    expect(await sentBy('fire', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
    expect(await sentBy('bill', 'bo')).toEqual(['email bo notice', 'inbox bo notice']);
  });

  it('tells in the timeline why nothing was sent', async () => {
    const found = (await http.call('GET', '/v1/follow-ups?key=waits')).body.items[0].id as string;
    const { items } = (await http.call('GET', `/v1/follow-ups/${found}/timeline`)).body;
    expect(items.map((one: { text: string }) => one.text)).toContain(
      'Did not send "notice" to ana by email because the recipient does not want messages of this category.',
    );
  });

  it('undoes it from its page, and says so', async () => {
    const undone = await post(ana, form('action=resubscribe'));
    expect(undone.status).toBe(200);
    expect(undone.text).toContain('You get these messages again.');
    expect(await changes()).toMatchObject([{ wanted: false }, { wanted: true, how: 'page' }]);
    expect(await sentBy('bill', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
    // And out again, from the page: another entry, with its own evidence.
    expect((await post(ana, form('action=unsubscribe'))).text).toContain('Stopped.');
    expect((await changes()).slice(2)).toMatchObject([{ wanted: false, how: 'page' }]);
  });

  it('is pressed by mail programs in multipart as well', async () => {
    await sentBy('news', 'bo');
    const boundary = 'x'.repeat(30);
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`;
    const link = linkOf();
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    expect((await post(link, { body: 'no parts', headers })).status).toBe(400);
    expect(await sentBy('news', 'bo')).toEqual(['email bo notice', 'inbox bo notice']);
    expect((await post(link, { body, headers })).status).toBe(200);
    expect(await sentBy('news', 'bo')).toEqual(['inbox bo notice']);
    // Nothing else of ours takes it.
    expect((await http.call('POST', '/v1/events', body, headers)).status).toBe(415);
  });

  it('speaks the language of its reader', async () => {
    await sentBy('bill', 'luc');
    const page = await get(linkOf());
    expect(page.text).toContain('<html lang="fr">');
    expect(page.text).toContain('Ne plus recevoir ces messages');
  });
});

describe('a link that is not one', () => {
  it('is unknown: forged, truncated, of another tenant or purpose', async () => {
    await sentBy('bill', 'bo');
    const link = linkOf();
    const action = new URL(Object.values(lastMail()?.content.actions ?? [])[0]?.url ?? 'http://none/').pathname;
    const own = { tenant: 'default', purpose: 'unsubscribe', recipient: 'bo', about: 'billing' } as const;
    expect(link).toBe(`/u/${pageTokenFor(SECRET, own)}`);
    const elsewhere = pageTokenFor(SECRET, { ...own, tenant: 'other' });
    const otherSecret = pageTokenFor(`${SECRET}!`, own);
    const otherPurpose = pageTokenFor(SECRET, { ...own, purpose: 'preferences' });
    for (const path of [
      link.slice(0, -1),
      `${link}A`,
      `/u/${elsewhere}`,
      `/u/${otherSecret}`,
      `/u/${otherPurpose}`,
      action.replace('/a/', '/u/'),
      `/u/${'A'.repeat(22)}`,
      "/u/';--",
    ]) {
      for (const answer of [await get(path), await post(path, ONE_CLICK)]) {
        expect(answer.status).toBe(404);
        expect(answer.text).toContain('This link is not known');
      }
    }
    expect(await sentBy('bill', 'bo')).toContain('email bo notice');
  });

  it('of a category that has become essential says that it cannot be, and does nothing', async () => {
    await sentBy('bill', 'bo');
    const link = linkOf();
    await post(link, ONE_CLICK);
    expect(await sentBy('bill', 'bo')).toEqual(['inbox bo notice']);
    await category({ id: 'billing', title: 'Bills', essential: true, why: null, defaults: {} });
    expect(await sentBy('bill', 'bo')).toEqual(['email bo notice', 'inbox bo notice']);
    const before = await changes();
    expect((await get(link)).text).toContain('cannot be stopped');
    expect((await post(link, ONE_CLICK)).status).toBe(200);
    expect(await changes()).toEqual(before);
  });
});
