// The preference centre: the link comes with every mail; who looks changes nothing; a save says what it changed, merges with what
// was chosen since, and can be undone; what cannot be is said and the rest is saved; and the page is valid, in both languages.
import { HtmlValidate } from 'html-validate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { pageTokenFor } from '../../responses/page-link.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

const policyOf = (id: string, category: string): string => `
policy: ${id}
category: ${category}
open: { on: ${id}.created }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email, sms, inbox] } }
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana <b>', email: 'ana@example.test', phone: '+34600000001', timeZone: 'Europe/Madrid' },
    { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr' },
    { id: 'eve', email: 'eve@example.test', phone: '+34600000002' },
    { id: 'boss', email: 'boss@example.test' },
  ]);
  for (const [id, category] of [
    ['bill', 'billing'],
    ['news', 'a.b:c@d/e+f'],
    ['fire', 'safety'],
  ] as const)
    await http.world.policy(policyOf(id, category));
  await http.call('PUT', '/v1/categories/billing', { title: 'Bills & payments' });
  await http.call('PUT', '/v1/categories/safety', { title: 'Safety', essential: true, why: 'You are on call for it.' });
});
afterAll(() => http.end());

let number = 0;
async function sentBy(policy: string, who: string): Promise<string[]> {
  const before = http.world.sent().length;
  await http.world.event(`${policy}.created`, { id: `k${++number}`, who });
  await http.world.settle();
  return http.world.sent().slice(before).sort();
}
const linkOf = (recipient: string): string =>
  `/p/${pageTokenFor(SECRET, { tenant: 'default', purpose: 'preferences', recipient, about: '' })}`;
const get = async (path: string) => http.call('GET', path, undefined, { authorization: '' });
const post = (path: string, form: Readonly<Record<string, string>>) =>
  http.call('POST', path, new URLSearchParams(form).toString(), {
    authorization: '',
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'a browser',
  });
const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The fields of the form that saves, as a browser would send them when nothing is touched. */
function formOf(page: string, save = 'save'): Record<string, string> {
  const forms = [...page.matchAll(/<form method="post"[^>]*>([\s\S]*?)<\/form>/g)].map(([, inside = '']) => inside);
  const inside = forms.find((one) => one.includes(`name="do" value="${save}"`)) ?? '';
  const fields: Record<string, string> = {};
  for (const [tag, name = ''] of inside.matchAll(/<input [^>]*name="([^"]*)"[^>]*>/g)) {
    if (tag.includes('type="checkbox"') && !tag.includes(' checked')) continue;
    fields[unescaped(name)] = unescaped(/ value="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  for (const [, name = '', options = ''] of inside.matchAll(/<select name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g))
    fields[unescaped(name)] = unescaped(/<option value="([^"]*)" selected>/.exec(options)?.[1] ?? '');
  return fields;
}
const open = async (who: string) => formOf((await get(linkOf(who))).text);
const without = (form: Record<string, string>, ...names: string[]) =>
  Object.fromEntries(Object.entries(form).filter(([name]) => !names.includes(name)));
const changes = async (who: string) => (await http.call('GET', `/v1/recipients/${who}/preferences/changes`)).body.items;
const said = (page: string) => [...page.matchAll(/<li>([^<]*)<\/li>/g)].map(([, text = '']) => unescaped(text));

describe('the link', () => {
  it('stands in the words of every mail, essential or not, and is the same in all of them', async () => {
    await sentBy('bill', 'ana');
    const [bill] = http.world.recorders.email.sent.slice(-1);
    await sentBy('fire', 'ana');
    const [fire] = http.world.recorders.email.sent.slice(-1);
    const url = `http://relance.test${linkOf('ana')}`;
    for (const one of [bill, fire]) {
      expect(one?.content.html).toContain(`href="${url}"`);
      expect(one?.content.text).toContain(`Choose what you are sent, and when: ${url}`);
    }
    expect(http.world.recorders.sms.sent.at(-1)?.content.text).not.toContain('/p/');
  });

  it('is one variable of templates, and leads nowhere where it is cut, forged, or of another purpose or tenant', async () => {
    await http.call('PUT', '/v1/templates/words', {
      email: { subject: 'x', text: 'Choose: {{ links.preferences.url }}' },
    });
    const shown = await http.call('POST', '/v1/templates/words/preview', { recipient: 'ana' });
    expect(shown.body.missing ?? []).toEqual([]);
    expect(shown.text).toMatch(/Choose: http:\/\/relance\.test\/p\/[\w-]{22}/);
    expect(shown.text).not.toContain(linkOf('ana')); // a preview is anybody's to look at
    const own = { tenant: 'default', recipient: 'ana', about: '' } as const;
    for (const path of [
      linkOf('ana').slice(0, -1),
      `${linkOf('ana')}A`,
      `/p/${pageTokenFor(SECRET, { ...own, purpose: 'preferences', tenant: 'other' })}`,
      `/p/${pageTokenFor(SECRET, { ...own, purpose: 'unsubscribe', about: 'billing' })}`,
      `/p/${'A'.repeat(22)}`,
      "/p/';--",
    ])
      for (const answer of [await get(path), await post(path, { do: 'leave' })]) {
        expect(answer.status).toBe(404);
        expect(answer.text).toContain('This link is not known');
      }
    expect(await changes('ana')).toEqual([]);
  });
});

describe('the page', () => {
  it('shows what holds to whoever looks, and changes nothing', async () => {
    const page = await get(linkOf('ana'));
    expect(page.status).toBe(200);
    expect(page.text).toContain('Bills &amp; payments');
    expect(page.text).toContain('Ana &lt;b&gt;');
    expect(page.text).toContain('You are on call for it.');
    expect(page.text).not.toContain('want.email.safety');
    expect(page.text).not.toContain('<script');
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(page.headers['content-security-policy']);
    for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe');
    for (let look = 0; look < 50; look++) {
      await get(linkOf('ana'));
      await http.call('HEAD', linkOf('ana'), undefined, { authorization: '' });
    }
    expect(await changes('ana')).toEqual([]);
    const form = await open('ana');
    expect((await post(linkOf('ana'), form)).text).toContain('nothing has changed');
    expect(await changes('ana')).toEqual([]);
  });

  it.each(['ana', 'luc'])('is valid HTML with a label for every field, for %s, also after a save', async (who) => {
    const valid = new HtmlValidate({
      extends: ['html-validate:recommended', 'html-validate:a11y'],
      rules: {
        'no-trailing-whitespace': 'off',
        'attr-quotes': 'off',
        'long-title': 'off',
        'no-inline-style': 'off',
        'doctype-style': 'off',
        'void-style': 'off',
        'wcag/h32': 'error',
        'require-sri': 'off',
      },
    });
    await sentBy('bill', who);
    const saved = await post(linkOf(who), { ...(await open(who)), quietFrom: '22:00', quietTo: '22:00', pause: '1d' });
    for (const page of [await get(linkOf(who)), saved]) {
      const report = await valid.validateString(page.text);
      expect(
        report.results.flatMap(({ messages }) =>
          messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId} ${message}`),
        ),
      ).toEqual([]);
    }
    await post(linkOf(who), { do: 'resume' });
  });

  it('speaks the language of its reader', async () => {
    const page = await get(linkOf('luc'));
    expect(page.text).toContain('<html lang="fr">');
    expect(page.text).toContain('Enregistrer');
    const saved = await post(linkOf('luc'), { ...(await open('luc')), locale: 'en' });
    expect(saved.text).toContain('<html lang="en">');
    expect(said(saved.text)).toEqual(['Language: English.']);
    expect((await post(linkOf('luc'), formOf(saved.text, 'undo'))).text).toContain('<html lang="fr">');
  });

  it('wears the brand of its tenant, and takes pictures from there alone', async () => {
    const settings = {
      branding: { name: 'Acme', logo: 'https://cdn.acme.test/a.png', color: '#0a7d33', supportEmail: 'help@acme.test' },
    };
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', settings));
    const page = await get(linkOf('ana'));
    expect(page.text).toContain('<img src="https://cdn.acme.test/a.png" alt="Acme"');
    expect(page.text).toContain('background:#0a7d33');
    expect(page.text).toContain('mailto:help@acme.test');
    expect(String(page.headers['content-security-policy'])).toContain("img-src 'self' data: https://cdn.acme.test");
  });
});

describe('a save', () => {
  it('changes what was changed, takes back what waits, says so, and is undone by one press', async () => {
    await http.world.event('bill.created', { id: 'waits', who: 'ana' });
    const saved = await post(linkOf('ana'), without(await open('ana'), 'want.sms.billing'));
    expect(said(saved.text)).toEqual(['“Bills & payments” no longer comes by SMS.']);
    const waiting = await http.call('GET', '/v1/messages?recipient=ana&status=queued');
    expect(waiting.body.items.map((one: { channel: string }) => one.channel).sort()).toEqual(['email', 'inbox']);
    await http.world.settle();
    expect(await sentBy('bill', 'ana')).toEqual(['email ana notice', 'inbox ana notice']);
    expect(await sentBy('news', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
    expect((await changes('ana'))[0]).toMatchObject({
      what: 'channel',
      channel: 'sms',
      to: false,
      how: 'page',
      by: null,
      evidence: { userAgent: 'a browser' },
    });
    const undone = await post(linkOf('ana'), formOf(saved.text, 'undo'));
    expect(said(undone.text)).toEqual(['“Bills & payments” comes by SMS as well.']);
    expect(await sentBy('bill', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
    // Pressed again, it undoes nothing that somebody has chosen since.
    expect((await post(linkOf('ana'), formOf(saved.text, 'undo'))).text).toContain('nothing has changed');
  });

  it('with no box left is about the whole category, whatever it is called, and a box ticked again is about that alone', async () => {
    const id = 'a.b:c@d/e+f';
    const off = await post(linkOf('ana'), without(await open('ana'), `want.email.${id}`, `want.sms.${id}`));
    expect(said(off.text)).toEqual([`“${id}” is no longer sent to you.`]);
    expect(await sentBy('news', 'ana')).toEqual(['inbox ana notice']);
    await post(linkOf('ana'), { ...(await open('ana')), [`want.sms.${id}`]: '1' });
    expect(await sentBy('news', 'ana')).toEqual(['inbox ana notice', 'sms ana notice']);
    await post(linkOf('ana'), { ...(await open('ana')), [`want.email.${id}`]: '1' });
    expect(await sentBy('news', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
  });

  it('from a page that lay open keeps what was chosen since', async () => {
    const old = await open('ana');
    await post(linkOf('ana'), without(await open('ana'), 'want.email.billing'));
    await http.call('PUT', '/v1/recipients/ana/preferences', { quietHours: '23:00-06:00' });
    const saved = await post(linkOf('ana'), without({ ...old, timeZone: 'Asia/Tokyo' }, 'want.sms.billing'));
    expect(said(saved.text).sort()).toEqual(['Time zone: Asia/Tokyo.', '“Bills & payments” is no longer sent to you.']);
    const { body } = await http.call('GET', '/v1/recipients/ana/preferences');
    expect(body).toMatchObject({ timeZone: 'Asia/Tokyo', quietHours: '23:00-06:00' });
    expect(await sentBy('bill', 'ana')).toEqual(['inbox ana notice']);
    await http.call('PUT', '/v1/recipients/ana/preferences', {
      quietHours: null,
      timeZone: null,
      categories: [{ id: 'billing', subscribed: true, channels: { email: true, sms: true } }],
    });
  });

  it('saves what can be, and says what cannot', async () => {
    const before = (await changes('ana')).length;
    const day = { pause: 'date', pauseUntil: '2026-11-02' };
    const saved = await post(linkOf('ana'), {
      ...(await open('ana')),
      ...day,
      quietFrom: '22:00',
      'often.billing': 'daily',
    });
    expect(saved.text).toContain('The pause was not set');
    expect(saved.text).toContain('The quiet hours were not changed');
    expect(said(saved.text)).toEqual(['“Bills & payments”: once a day, together.']);
    for (const odd of [{ shown: '{' }, { shown: '{"categories":7}' }, { do: 'undo', changes: 'x' }, { shown: '' }]) {
      const answer = await post(linkOf('ana'), { ...(await open('ana')), ...odd });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('This page was not complete');
    }
    expect(await changes('ana')).toHaveLength(before + 1);
    await post(linkOf('ana'), formOf(saved.text, 'undo'));
  });

  it('cannot switch off what is essential, whatever is posted', async () => {
    const form = await open('ana');
    const shown = JSON.parse(form.shown ?? '{}');
    shown.categories.push({ id: 'safety', channels: { email: true, sms: true }, frequency: 'each' });
    await post(linkOf('ana'), { ...form, shown: JSON.stringify(shown) });
    const forged = [{ what: 'wanted', category: 'safety', channel: '', from: false, to: true }];
    await post(linkOf('ana'), { do: 'undo', changes: JSON.stringify(forged) });
    expect(await sentBy('fire', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
  });
});

describe('everything at once', () => {
  it('is left by one press, but for what is essential, and comes back by another', async () => {
    await sentBy('bill', 'eve');
    const left = await post(linkOf('eve'), formOf((await get(linkOf('eve'))).text, 'leave'));
    expect(said(left.text)).toHaveLength(2);
    expect(left.text).not.toContain('value="leave"');
    expect(await sentBy('bill', 'eve')).toEqual(['inbox eve notice']);
    expect(await sentBy('news', 'eve')).toEqual(['inbox eve notice']);
    expect(await sentBy('fire', 'eve')).toEqual(['email eve notice', 'inbox eve notice', 'sms eve notice']);
    await post(linkOf('eve'), formOf(left.text, 'undo'));
    expect(await sentBy('bill', 'eve')).toEqual(['email eve notice', 'inbox eve notice', 'sms eve notice']);
  });

  it('is paused until a day begins where its reader is, and resumed by one press', async () => {
    const saved = await post(linkOf('ana'), { ...(await open('ana')), pause: 'date', pauseUntil: '2026-11-05' });
    expect(saved.text).toContain('Paused until');
    expect((await http.call('GET', '/v1/recipients/ana/preferences')).body.pausedUntil).toBe(
      '2026-11-04T23:00:00.000Z',
    );
    expect(await sentBy('bill', 'ana')).toEqual(['inbox ana notice']);
    expect(await sentBy('fire', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
    const before = http.world.sent().length;
    const resumed = await post(linkOf('ana'), formOf(saved.text, 'resume'));
    expect(said(resumed.text)).toEqual(['The pause is over.']);
    await http.world.settle();
    expect(http.world.sent().slice(before).sort()).toEqual(['email ana notice', 'sms ana notice']);
    expect(await sentBy('bill', 'ana')).toEqual(['email ana notice', 'inbox ana notice', 'sms ana notice']);
  });
});

describe('what messages tell of their reader', () => {
  it('is asked where it is tracked, told as a change, and can be undone', async () => {
    await http.world.people([{ id: 'tess', email: 'tess@example.test' }]);
    await sentBy('bill', 'tess'); // which brings the link
    expect((await get(linkOf('tess'))).text).not.toContain('name="tracking"');
    const track = (opens: boolean) =>
      http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { tracking: { opens } }));
    await track(true);
    const shown = await open('tess');
    expect(shown.tracking).toBe('1');
    const saved = await post(linkOf('tess'), without(shown, 'tracking'));
    expect(said(saved.text)).toEqual(['Nobody sees any more whether you open a message.']);
    expect(await changes('tess')).toMatchObject([{ what: 'tracking', from: true, to: false, how: 'page' }]);
    // Whoever has said no sees it, whatever the tenant does.
    await track(false);
    expect((await get(linkOf('tess'))).text).toContain('name="tracking"');
    const undo = formOf(saved.text, 'undo');
    expect(said((await post(linkOf('tess'), undo)).text)).toEqual(['It may be seen whether you open a message.']);
    expect((await post(linkOf('tess'), shown)).text).toContain('nothing has changed');
  });
});
