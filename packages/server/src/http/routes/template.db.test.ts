// Templates over HTTP: made of each other and stored whole, changed together or not at all, deleted when nothing is made of them,
// previewed with what is missing, and sent to oneself.
import { type Outcome, SHAPES } from '@relance/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import type { Envelope } from '../../channels/channel.ts';
import { ENGINE } from '../../store/database.ts';

let http: HttpWorld;
const tests: { tenant: string; envelope: Envelope }[] = [];
let outcome: Outcome = { kind: 'accepted', providerId: 'p1' };
beforeAll(async () => {
  http = await createHttpWorld(() => ({
    async testSend(tenant, _channel, envelope) {
      tests.push({ tenant, envelope });
      return outcome;
    },
  }));
});
afterAll(() => http.end());
beforeEach(() => {
  tests.length = 0;
  outcome = { kind: 'accepted', providerId: 'p1' };
});

const put = (id: string, body: object) => http.call('PUT', `/v1/templates/${id}`, body);
const preview = (id: string, body: object = {}) => http.call('POST', `/v1/templates/${id}/preview`, body);
const said = async (id: string, body: object = {}): Promise<string> =>
  (await preview(id, { channel: 'sms', ...body })).body.content.text;
const stored = (id: string) =>
  http.world.database.transaction(ENGINE, (tx) =>
    tx.query<{ compiled: object; uses: string[]; version: number }>(
      'SELECT compiled, uses, version FROM relance.templates WHERE id = $1',
      [id],
    ),
  );

describe('templates made of others', () => {
  it('are stored whole, answered as written, and follow a change of what they are made of', async () => {
    const a = { sms: { text: 'Hi {{ recipient.name }}. {% render "foot" %}' } };
    expect(await put('foot', { sms: { text: 'Acme' } })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put('a', a)).toMatchObject({ status: 200, body: { version: 1, ...a } });
    expect(await http.call('GET', '/v1/templates/a')).toMatchObject({ body: a });
    expect(await said('a')).toBe('Hi Preview. Acme');
    expect(await stored('a')).toMatchObject([{ uses: ['foot'] }]);
    await put('foot', { sms: { text: 'Acme & sons' } });
    expect(await said('a')).toBe('Hi Preview. Acme & sons');
    expect(await stored('a')).toMatchObject([{ version: 2 }]);
    // The same again changes nothing.
    await put('foot', { sms: { text: 'Acme & sons' } });
    expect(await stored('a')).toMatchObject([{ version: 2 }]);
  });

  it('stay as they were accepted by an older release, until they are changed', async () => {
    const odd = '{{ data.a | money: "EURO" }} {{ followUp.dueDat }}';
    await put('old-foot', { sms: { text: 'Acme' } });
    await put('old', { sms: { text: '{% render "old-foot" %}' }, push: { title: 'Hi', body: 'You' } });
    const old = { sms: { text: `${odd} {% render "old-foot" %}` }, push: { title: 'Hi', body: '' } };
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query("UPDATE relance.templates SET body = $1 WHERE id = 'old'", [JSON.stringify(old)]),
    );
    // Neither a change of what it is made of, nor the same again, asks it anew.
    expect(await put('old-foot', { sms: { text: 'Acme & sons' } })).toMatchObject({ status: 200 });
    expect(await said('old', { data: { a: 5 } })).toContain('Acme & sons');
    expect(await put('old', old)).toMatchObject({ status: 200 });
    expect(await put('old', { ...old, chat: { text: 'Hello' } })).toMatchObject({ status: 200 });
    const refused = await put('old', { ...old, sms: { text: `${odd}.` } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(refused.body.errors).toHaveLength(2);
    expect(await put('another', { sms: { text: odd } })).toMatchObject({ status: 422 });
    expect((await put('old', { ...old, push: { title: '', body: '' } })).body.detail).toMatch(/push\.title.*empty/);
  });

  it('in MJML are compiled once, the layout’s MJML around theirs', async () => {
    await put('frame', {
      email: {
        mjml: '<mjml><mj-body><mj-section><mj-column>{% block content %}<mj-text>-</mj-text>{% endblock %}</mj-column></mj-section><mj-include path="end" /></mj-body></mjml>',
      },
    }).then((refused) => expect(refused.body.detail).toContain('There is no template "end" to mj-include'));
    const end = '<mj-section><mj-column><mj-text>Bye from {{ tenant.name }}</mj-text></mj-column></mj-section>';
    expect(await put('end', { email: { mjml: end } })).toMatchObject({ status: 200 });
    const frame = `<mjml><mj-body><mj-section><mj-column>{% block content %}<mj-text>-</mj-text>{% endblock %}</mj-column></mj-section><mj-include path="end" /></mj-body></mjml>`;
    expect(await put('frame', { email: { mjml: frame } })).toMatchObject({ status: 200 });
    await put('mail', {
      email: {
        subject: 'S',
        mjml: '{% layout "frame" %}{% block content %}<mj-text>Hello {{ data.x }}</mj-text>{% endblock %}',
      },
    });
    const { body } = await preview('mail', { data: { x: '<b>' } });
    expect(body.content.html).toContain('Hello &lt;b&gt;');
    expect(body.content.html).toContain('Bye from');
    expect(body.content.html).not.toMatch(/<mj-|\{%|\{\{/);
    expect(body.content.text).toBe('Hello <b>\n\nBye from');
  });

  it('in MJML say in which language their words are, how they run, and what the mail is about', async () => {
    const mjml = '<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>';
    const subject = 'Bill <{{ data.n }}>';
    await put('tongues', {
      language: 'en',
      email: { subject, mjml },
      locales: {
        ar: { email: { subject: 'فاتورة', mjml } },
        fr: { email: { mjml: mjml.replace('<mjml>', '<mjml lang="fr-CA">') } },
      },
    });
    const headOf = async (locale: string): Promise<string> => {
      const { html } = (await preview('tongues', { locale, data: { n: 7 } })).body.content;
      return `${/<html lang="[^"]*" dir="[^"]*"/.exec(html)?.[0]} ${/<title>.*<\/title>/.exec(html)?.[0]}`;
    };
    expect(await headOf('en-GB')).toBe('<html lang="en-GB" dir="ltr" <title>Bill &lt;7&gt;</title>');
    expect(await headOf('ar-EG')).toBe('<html lang="ar-EG" dir="rtl" <title>فاتورة</title>');
    expect(await headOf('fr')).toBe('<html lang="fr-CA" dir="ltr" <title>Preview</title>');
  });

  it('refuse a change under which one of them would no longer work, and then nothing is changed', async () => {
    await put('base', { chat: { text: '*{% block content %}{% endblock %}*' } });
    await put('user', { chat: { text: '{% layout "base" %}Hi' } });
    const refused = await put('base', { sms: { text: 'no chat any more' } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'template_invalid', template: 'user' } });
    expect(refused.body.detail).toBe(
      'The template "user" is made of it and would no longer work: chat.text: The template "base" has no `chat.text`.',
    );
    expect((await http.call('GET', '/v1/templates/base')).body).toMatchObject({ chat: {}, version: 1 });
  });

  it('are refused in a circle, and what they are made of is not deleted under them', async () => {
    await put('one', { sms: { text: 'one' } });
    await put('two', { sms: { text: '{% render "one" %}' } });
    const circle = await put('one', { sms: { text: '{% render "two" %}' } });
    expect(circle).toMatchObject({ status: 422 });
    expect(circle.body.detail).toContain('is made of itself');
    expect(await http.call('DELETE', '/v1/templates/one')).toMatchObject({
      status: 409,
      body: { code: 'in_use', templates: ['two'], detail: 'The template "one" is a part of the templates "two".' },
    });
    expect(await http.call('DELETE', '/v1/templates/two')).toMatchObject({ status: 204 });
    expect(await http.call('DELETE', '/v1/templates/one')).toMatchObject({ status: 204 });
  });

  it('are those of their own tenant', async () => {
    const key = await http.key('other');
    const answer = await http.call(
      'PUT',
      '/v1/templates/thief',
      { sms: { text: '{% render "foot" %}' } },
      { authorization: `Bearer ${key}` },
    );
    expect(answer).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(answer.text).not.toContain('Acme');
  });
});

describe('what is refused when it is stored', () => {
  it.each([
    [{ inbox: { body: 'x', until: '1 day' } }, 'inbox.until: "1 day" is no time'],
    [{ email: { text: 'x', attachments: [{ filename: 'a', url: 'http://x.test/a' }] } }, 'email.attachments[0].url'],
    [{ email: { html: '<p onclick="{{ data.x }}">' } }, 'email.html: a value cannot stand in `onclick`'],
    [{ email: { html: '<a href={{ data.x }}>' } }, 'put the value of `href` in quotes'],
    [{ email: { html: '<script>{{ data.x }}</script>' } }, 'a value cannot stand in a script'],
    [{ email: { html: '{{ data.x | raw }}' } }, 'undefined filter: raw'],
    [{ sms: { text: '{% include "x" %}' } }, 'use `render`'],
    [{ sms: { text: ' ' } }, 'sms.text: It is empty, so whoever gets it would read nothing'],
    [{ sms: { text: '{{ data.x | money: "EURO" }}' } }, 'sms.text: `money: "EURO"`: "EURO" is no currency'],
    [{ sms: { text: '{{ recipent.name }}' } }, 'Did you mean `recipient`?'],
    [{ sms: { text: '{{ activity.last[data.x] }}' } }, 'says not which activity'],
    [{ sms: { text: '{{ activity.count["x"]["soon"] }}' } }, 'activity.count.x.soon'],
    [{ email: { mjml: '<mj-section><mj-nothing /></mj-section>' } }, 'mj-nothing'],
  ])('%j', async (body, detail) => {
    const answer = await put('bad', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(answer.body.detail).toContain(detail);
    expect((await http.call('GET', '/v1/templates/bad')).status).toBe(404);
  });
});

describe('a preview', () => {
  it('has its buttons in the language of its words', async () => {
    await put('asks', {
      language: 'en',
      sms: { text: '{{ actions.acknowledge.label }}' },
      locales: { 'fr-ca': { sms: { text: 'FR {{ actions.acknowledge.label }}' } } },
    });
    expect(await said('asks', { locale: 'es' })).toBe('I have this');
    expect(await said('asks', { locale: 'fr' })).toBe('I have this');
    expect(await said('asks', { locale: 'fr-CA' })).toBe("FR Je m'en occupe");
    expect(await put('asks', { language: 'no language', sms: { text: 'x' } })).toMatchObject({ status: 400 });
  });
  it('shows one that is not saved, and names what has no value', async () => {
    const template = {
      sms: { text: '{{ data.amount | money: data.currency }} {{ data.note | default: "-" }} {% render "foot" %}' },
    };
    const answer = await preview('new', { channel: 'sms', data: { amount: 5 }, template });
    expect(answer.body).toMatchObject({
      channel: 'sms',
      locale: 'en',
      content: { text: '5 - Acme & sons' },
      missing: ['data.currency'],
    });
    expect((await http.call('GET', '/v1/templates/new')).status).toBe(404);
  });

  it('is shown in a frame as its reader sees it, in a sandbox, from JSON or a form', async () => {
    const html = `<html><head><style>@media (prefers-color-scheme: dark) { p { color: red } }</style></head><body><p>{{ data.x }}</p></body></html>`;
    const written = { template: { email: { subject: 'Hi', html } }, data: { x: '<script>alert(1)</script>' } };
    const dark = await http.call('POST', '/v1/templates/new/preview/html?colors=dark', written);
    expect(dark.status).toBe(200);
    expect(dark.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(dark.headers['content-security-policy']).toMatch(/^sandbox allow-popups .*default-src 'none'/);
    expect(dark.text).toContain('@media (min-width:0)');
    expect(dark.text).not.toContain('prefers-color-scheme');
    expect(dark.text).not.toContain('<script>');
    const form = new URLSearchParams({ preview: JSON.stringify(written) }).toString();
    const light = await http.call('POST', '/v1/templates/new/preview/html?colors=light', form, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(light.text).toContain('@media (max-width:0)');
    const broken = await http.call('POST', '/v1/templates/new/preview/html', 'preview=%7B', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([broken.status, broken.body.detail]).toEqual([400, '`preview` is not JSON.']);
    const text = { channel: 'sms', template: { sms: { text: 'x' } } };
    expect((await http.call('POST', '/v1/templates/new/preview/html', text)).status).toBe(422);
  });

  it('is in the language and zone of the recipient, at the time that is asked', async () => {
    await http.world.people([{ id: 'chloe', name: 'Chloé', locale: 'fr-CA', timeZone: 'America/Montreal' }]);
    await put('when', {
      sms: { text: 'Hi {{ now | local_time }}' },
      locales: { fr: { sms: { text: '{{ recipient.name }}, {{ now | local_time }}' } } },
    });
    const at = '2026-11-02T23:30:00Z';
    expect((await preview('when', { channel: 'sms', recipient: 'chloe', at })).body).toMatchObject({
      locale: 'fr-CA',
      content: { text: 'Chloé, lundi 2 novembre à 18 h 30 HNE' },
    });
    expect(await said('when', { recipient: 'chloe', locale: 'de', at })).toBe('Hi Monday, November 2 at 6:30 PM EST');
    expect(await preview('when', { recipient: 'nobody' })).toMatchObject({ status: 422 });
  });

  it('of a real follow-up sees its data, its people and their activity', async () => {
    await http.world.people([{ id: 'ana', name: 'Ana', email: 'ana@x.test', phone: '+33612345678' }]);
    await http.call('POST', '/v1/recipients/ana/activity', { type: 'com.acme.viewed', data: { page: 7 } });
    await put('seen', {
      sms: {
        text: '{{ subject.title }} {{ data.total }} p{{ activity.last["com.acme.viewed"].data.page }} ×{{ activity.count["com.acme.viewed"]["7 days"] }} {{ activity.last.never.time | default: "never" }} {{ pending.size }} {{ pending[0].title }} {{ activity.lastResponse.action }}',
      },
    });
    await http.world.policy(
      'policy: bill\nstages: [{ id: first, at: opened, notify: { template: seen, via: [sms] } }]\nkey: event.id\nassignee: event.data.who\nopen: { on: com.acme.bill }\n',
    );
    const open = async (key: string, title: string) =>
      (
        await http.call('POST', '/v1/follow-ups', {
          policy: 'bill',
          key,
          assignee: 'ana',
          subject: { title, type: 't', id: key },
          data: { total: 12 },
        })
      ).body.id as string;
    const id = await open('b1', 'Bill 1');
    await open('b2', 'Bill 2');
    expect(await said('seen', { followUp: id })).toBe('Bill 1 12 p7 ×1 never 1 Bill 2');
    await http.call('POST', `/v1/follow-ups/${id}/acknowledge`, { actor: 'ana' });
    expect(await said('seen', { followUp: id })).toBe('Bill 1 12 p7 ×1 never 1 Bill 2 acknowledge');
    expect(await said('seen', { followUp: id, data: { total: 13 } })).toContain('Bill 1 13');
    expect(await preview('seen', { followUp: '0193a1b2-c3d4-7000-8000-000000000002' })).toMatchObject({ status: 422 });
    // What goes out says the same.
    await http.world.settle();
    expect(http.world.recorders.sms.sent.map(({ content }) => content.text)).toEqual([
      'Bill 2 12 p7 ×1 never 1 Bill 1',
    ]);
  });
});

describe('for a recipient without a follow-up', () => {
  it('reads what a message to them would: what they did, and what else waits for them, with where to act on it', async () => {
    await http.world.people([{ id: 'dora', name: 'Dora', email: 'dora@x.test' }]);
    await http.call('POST', '/v1/recipients/dora/activity', { type: 'com.acme.viewed', data: { page: 9 } });
    await http.world.policy(
      'policy: task\nstages: [{ id: first, at: opened, notify: { via: [email] } }]\nkey: event.id\nassignee: event.data.who\nopen: { on: com.acme.task }\n',
    );
    const open = (key: string, url: string | null) =>
      http.call('POST', '/v1/follow-ups', {
        policy: 'task',
        key,
        assignee: 'dora',
        subject: { title: key, type: 't', id: key, ...(url === null ? {} : { url }) },
      });
    await open('Own page', 'https://acme.test/own');
    await open('No page', null);
    await http.world.settle();
    await open('Not told yet', null);
    const page = '{% for one in pending %}{% if one.title == "PAGE" %}{{ one.url }}{% endif %}{% endfor %}';
    const text = `p{{ activity.last["com.acme.viewed"].data.page }} ×{{ activity.count["com.acme.viewed"]["7 days"] }} {{ pending.size }}`;
    await put('waiting', { sms: { text } });
    expect(await said('waiting', { recipient: 'dora' })).toBe('p9 ×1 3');
    expect(await said('waiting', {})).toBe('p ×0 0');
    const urlOf = (title: string) =>
      said('x', { recipient: 'dora', template: { sms: { text: `[${page.replace('PAGE', title)}]` } } });
    expect(await urlOf('Own page')).toBe('[https://acme.test/own]');
    // It was told in a message. What is shown is like its page's address, but nobody who reads the preview acts as Dora by it.
    const link = (await urlOf('No page')).slice(1, -1);
    expect(link).toMatch(/^https?:\/\/.*\/a\/[\w-]{22}$/);
    expect((await http.call('GET', new URL(link).pathname)).status).toBe(404);
    // Nothing leads there yet, so a template can leave the link out.
    expect(await urlOf('Not told yet')).toBe('[]');
    // Nor does whoever is sent a test of it, also of a real follow-up.
    const [told] = (await http.call('GET', '/v1/follow-ups?assignee=dora&q=Not')).body.items;
    const template = { sms: { text: page.replace('PAGE', 'No page') } };
    const body = { template, channel: 'sms', followUp: told.id, recipient: 'dora', address: '+33612345678' };
    expect(await http.call('POST', '/v1/templates/x/test', body)).toMatchObject({ status: 200 });
    const sent = /\/a\/[\w-]{22}$/.exec(tests.at(-1)?.envelope.content.text ?? '')?.[0] ?? '';
    expect((await http.call('GET', sent)).status).toBe(404);
  });
  it('but a message itself leads to where its reader can act', async () => {
    await http.world.people([{ id: 'emil', name: 'Emil', phone: '+33612345679' }]);
    const page = '{% for one in pending %}{% if one.title == "First" %}{{ one.url }}{% endif %}{% endfor %}';
    await put('listing', { sms: { text: `{{ pending.size }} ${page}` } });
    await http.world.policy(
      'policy: list\nstages: [{ id: first, at: opened, notify: { template: listing, via: [sms] } }]\nkey: event.id\nassignee: event.data.who\nopen: { on: com.acme.list }\n',
    );
    for (const key of ['First', 'Second']) {
      const subject = { title: key, type: 't', id: key };
      await http.call('POST', '/v1/follow-ups', { policy: 'list', key, assignee: 'emil', subject });
      await http.world.settle();
    }
    const [, link = ''] = /1 .*(\/a\/[\w-]{22})$/.exec(http.world.recorders.sms.sent.at(-1)?.content.text ?? '') ?? [];
    expect((await http.call('GET', link)).text).toContain('First');
  });
});

it('of many that wait for somebody those have a page that come first', async () => {
  await http.world.people([{ id: 'fritz', name: 'Fritz', email: 'fritz@x.test' }]);
  await http.world.policy(
    'policy: many\nstages: [{ id: first, at: opened, notify: { via: [email] } }]\nkey: event.id\nassignee: event.data.who\nopen: { on: com.acme.many }\n',
  );
  const due = Array.from({ length: 22 }, (_, day) => `2026-12-${String(day + 1).padStart(2, '0')}`);
  for (const key of due.toReversed())
    await http.call('POST', '/v1/follow-ups', { policy: 'many', key, assignee: 'fritz', dueAt: `${key}T09:00:00Z` });
  await http.world.settle();
  const text = '{% for one in pending %}{% if one.url %}{{ one.key }} {% endif %}{% endfor %}';
  const shown = await said('x', { recipient: 'fritz', template: { sms: { text } } });
  expect(shown.trim().split(' ')).toEqual(due.slice(0, 20));
});

describe('a test to oneself', () => {
  it('is marked, goes to the address that is given, and says what became of it', async () => {
    await put('hi', { email: { subject: 'Hi\r\nBcc: x@x.test', text: 'Hello {{ data.x }}' }, sms: { text: 'Hi' } });
    const send = (body: object) => http.call('POST', '/v1/templates/hi/test', body);
    const sent = await send({ address: 'me@x.test', data: { x: 1 } });
    expect(sent).toMatchObject({
      status: 200,
      body: { channel: 'email', outcome: { kind: 'accepted', providerId: 'p1' } },
    });
    expect(SHAPES.TestAnswer.safeParse(sent.body).error?.issues ?? []).toEqual([]);
    expect(tests).toMatchObject([
      {
        tenant: 'default',
        envelope: { address: 'me@x.test', content: { subject: '[Test] Hi Bcc: x@x.test', text: 'Hello 1' } },
      },
    ]);
    outcome = { kind: 'rejected', detail: 'no' };
    expect(await send({ recipient: 'ana', channel: 'email' })).toMatchObject({
      body: { outcome: { kind: 'rejected' } },
    });
    expect(tests[1]?.envelope).toMatchObject({ address: 'ana@x.test', recipient: { id: 'ana' } });
    expect(tests[1]?.envelope.id).not.toBe(tests[0]?.envelope.id);
    expect(await send({})).toMatchObject({ status: 400 });
    expect(await send({ recipient: 'ana', channel: 'chat' })).toMatchObject({ status: 422 });
    expect(tests).toHaveLength(2);
  });
});
