// Naughty strings through every field of every channel and back: what is sent shows the text as it was written, in the context
// it stands in; nothing is answered with a server error, no queue gets stuck, and the timeline shows it. A sample here, all of
// them by `npm run naughty` (test/naughty).
import { createClient } from '@relance/client';
import { CHANNELS } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receivers, startReceivers } from '../naughty/receivers.ts';
import { naughtyBodies, naughtyStrings } from '../naughty/strings.ts';
import { startTestServer, type TestServer } from '../server.ts';

const strings = naughtyStrings(process.env.RELANCE_NAUGHTY === 'all');
const POLICY = `
policy: naughty
title: Naughty
open: { on: naughty.created }
key: event.data.id
subject: { type: text, id: event.data.id, title: event.data.text }
data: event.data
assignee: event.data.who
stages:
  - { id: notice, at: opened, notify: { template: naughty, via: [email, sms, push, inbox, chat, webhook] } }
  - { id: plain, at: opened + 1 hour, notify: { via: [email, sms, push, inbox, chat, webhook] } }
`;
/** All that outsiders write, between marks that tell where it begins and ends. */
const WORDS = '[[{{ data.text }}]]((({{ recipient.name }})))<<<{{ recipient.traits.note }}>>>';
const HTML =
  '<p id="data">{{ data.text }}</p><p id="name" title="{{ recipient.name }}">{{ recipient.traits.note }}</p>';
const TEMPLATE = {
  email: { subject: '[[{{ data.text }}]]', html: HTML, text: WORDS },
  sms: { text: WORDS },
  push: { title: '{{ data.text }}', body: WORDS },
  inbox: { title: '{{ data.text }}', body: WORDS },
  chat: { text: WORDS },
  webhook: { text: WORDS },
};

let server: TestServer;
let receivers: Receivers;
beforeAll(async () => {
  receivers = await startReceivers();
  server = await startTestServer({
    channels: {
      smtpUrl: receivers.smtpUrl,
      connections: receivers.connections,
      allowHosts: ['127.0.0.1'],
    },
  });
  await server.client.templates.put('naughty', TEMPLATE);
  await server.client.policies.put('naughty', POLICY);
});
afterAll(async () => {
  await server.end();
  await receivers.end();
});

const idOf = (index: number): string => `r${index}`;
const mailOf = (index: number): string => `r${index}@example.test`;
const each = async (work: (text: string, index: number) => Promise<void>): Promise<void> => {
  for (let from = 0; from < strings.length; from += 20)
    await Promise.all(strings.slice(from, from + 20).map((text, index) => work(text, from + index)));
};

/** Names are shorter than texts, and never half a character. */
const nameOf = (text: string): string => [...text].slice(0, 60).join('');
/** JSON that names a prototype is read without it. */
const DROPPED = new Set(['__proto__', 'constructor']);
/** White space is laid out anew by mail, headers and templates; what may not stand in a header or a text is a blank there. */
const shown = (text: string): string => text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
const tight = (text: string): string => shown(text).replaceAll(' ', '');
/** As a browser shows the text of an element. */
const decoded = (html: string): string =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#0?3[49];/g, (entity) => (entity.includes('34') ? '"' : "'"))
    .replace(/&amp;/g, '&');
/** Chat programs show entities as characters; what keeps them from making a mention of it is not seen. */
const inChat = (text: string): string => {
  let before = '';
  let now = text
    .replace(/[\u200b-\u200d\u2060\ufeff\\]/g, '')
    // Signs that look the same and format nothing (core/src/template/escape.ts).
    .replace(/[\u2217\u02cd\u223c\u02cb]/g, (one) => ({ '\u2217': '*', '\u02cd': '_', '\u223c': '~' })[one] ?? '`');
  while (now !== before) [before, now] = [now, decoded(now)];
  return tight(now);
};

describe('naughty strings', () => {
  it('are taken as names, traits and data, and told back as they were written', { timeout: 600_000 }, async () => {
    await each(async (text, index) => {
      const endpoints = [
        { channel: 'push', address: `push-${index}` },
        { channel: 'chat', address: `C${index}` },
        { channel: 'webhook', address: receivers.hookUrl },
      ] as const;
      const phone = `+3460${String(index).padStart(7, '0')}`;
      const traits = { note: text, [nameOf(text)]: text };
      await server.client.recipients.put(idOf(index), { name: text, email: mailOf(index), phone, traits, endpoints });
      const stored = await server.client.recipients.get(idOf(index));
      expect(stored.name).toBe(text);
      expect(stored.traits?.note).toBe(text);
      if (!DROPPED.has(text)) expect(stored.traits?.[nameOf(text)]).toBe(text);
      const data = { id: `k${index}`, who: idOf(index), text, [`x${nameOf(text)}`]: text };
      const answer = await server.client.events.send({
        specversion: '1.0',
        id: `naughty-${index}`,
        source: '/naughty',
        type: 'naughty.created',
        data,
      });
      expect(answer.accepted).toBe(1);
      const back = await server.client.events.get(`naughty-${index}`);
      expect((back as unknown as { event: { data: unknown } }).event.data).toEqual(data);
    });
  });

  it('arrive on every channel as they should be shown there', { timeout: 600_000 }, async () => {
    await server.advance('1 minute');
    await each(async (text, index) => {
      const id = idOf(index);
      const written = `[[${text}]](((${text})))<<<${text}>>>`;
      // What may not stand in a text at all is left out of it, without a blank.
      const words = tight(written);
      const [received] = receivers.mails.get(mailOf(index)) ?? [];
      expect(received?.to).toEqual([mailOf(index)]); // and nobody else
      const { mail } = received ?? {};
      expect([...(mail?.headers.keys() ?? [])].filter((name) => /^(bcc|cc|x-injected)$/.test(name))).toEqual([]);
      expect(tight(mail?.text ?? '')).toBe(words);
      // A subject is cut at 200 characters.
      const subject = tight(mail?.subject ?? '').slice(0, 150);
      expect(tight(`[[${text}]]`).slice(0, subject.length)).toBe(subject);
      const html = typeof mail?.html === 'string' ? mail.html : '';
      expect(tight(decoded(/<p id="data">([^<]*)<\/p>/.exec(html)?.[1] ?? 'not there'))).toBe(tight(text));
      const [, name, note] = /<p id="name" title="([^"]*)">([^<]*)<\/p>/.exec(html) ?? [];
      expect([tight(decoded(name ?? '')), tight(decoded(note ?? ''))]).toEqual([tight(text), tight(text)]);
      for (const channel of ['sms', 'push'] as const)
        expect({ channel, text: tight(receivers[channel].get(id)?.[0] ?? '') }).toEqual({ channel, text: words });
      expect(inChat(receivers.chat.get(id)?.[0] ?? '')).toBe(inChat(written));
      const [hook] = receivers.hooks.get(id) ?? [];
      expect(tight(hook?.text ?? '')).toBe(words);
      expect(hook?.name).toBe(text);
      const { token } = await server.client.recipients.token(id);
      const { items } = await createClient({ url: server.url, key: token }).inbox.list();
      expect(tight(items[0]?.body ?? '')).toBe(words);
    });
  });

  it('leave no queue stuck: built-in words go out with them as well, and every message has an end', {
    timeout: 600_000,
  }, async () => {
    await server.advance('2 hours');
    await each(async (_text, index) => {
      const { items } = await server.client.recipients.messages(idOf(index), { limit: 50 });
      const ends = items.map(({ stage, channel, status }) => `${stage} ${channel} ${status}`).sort();
      expect(ends).toEqual(
        ['notice', 'plain'].flatMap((stage) => CHANNELS.map((one) => `${stage} ${one} accepted`)).sort(),
      );
    });
  });

  it('are shown by the timeline, said by somebody or called so', { timeout: 600_000 }, async () => {
    await each(async (text, index) => {
      const followUp = server.client.followUps.byKey('naughty', `k${index}`);
      await followUp.command('note', { comment: `“${text}”` });
      const { items } = await followUp.timeline({ limit: 200 });
      expect(items.find(({ kind }) => kind === 'noted')?.data).toMatchObject({ comment: `“${text}”` });
      expect((await followUp.get()).data).toMatchObject({ text });
    });
  });

  it('are never a server error, wherever they stand', { timeout: 600_000 }, async () => {
    const asked: [string, () => Promise<Response>][] = strings.flatMap((text): [string, () => Promise<Response>][] => {
      const part = encodeURIComponent(text);
      const put =
        (path: string, body: unknown, type = 'application/json') =>
        () =>
          server.raw(path, {
            method: path.endsWith('check') ? 'POST' : 'PUT',
            headers: { 'content-type': type },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          });
      return [
        [`GET recipient ${text}`, () => server.raw(`/v1/recipients/${part}`)],
        [`PUT recipient ${text}`, put(`/v1/recipients/${part}`, { name: text, email: text })],
        [`PUT template ${text}`, put('/v1/templates/written', { sms: { text }, email: { subject: text, html: text } })],
        [`PUT suppression ${text}`, put('/v1/suppressions', { channel: 'chat', address: text, reason: text })],
        [`PUT category ${text}`, put(`/v1/categories/${part}`, { title: text })],
        [
          `check ${text}`,
          put('/v1/policies/check', {
            policy: 'x',
            title: text,
            open: { on: text },
            key: text,
            assignee: text,
            stages: [],
          }),
        ],
        [`check YAML ${text}`, put('/v1/policies/check', text, 'application/yaml')],
        [`search ${text}`, () => server.raw(`/v1/follow-ups?q=${part}&subject=${part}&key=${part}`)],
        [`cursor ${text}`, () => server.raw(`/v1/recipients?cursor=${part}`)],
        [`by key ${text}`, () => server.raw(`/v1/follow-ups/by-key/naughty/${part}`)],
        [`link ${text}`, () => server.raw(`/u/${part}`, { key: null })],
        [`inbox ${text}`, () => server.raw(`/v1/inbox/stream?token=${part}&lastEventId=${part}`, { key: null })],
      ];
    });
    const broken: string[] = [];
    for (let from = 0; from < asked.length; from += 20)
      await Promise.all(
        asked.slice(from, from + 20).map(async ([what, ask]) => {
          const { status } = await ask();
          if (status >= 500) broken.push(`${status} ${what}`);
        }),
      );
    expect(broken).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('what JSON or PostgreSQL cannot carry', () => {
  let number = 0;
  const event = (text: string): string =>
    `{"specversion":"1.0","id":"body-${++number}","source":"/naughty","type":"naughty.created","data":{"id":"b${number}","who":"r0","text":${text}}}`;
  it.each(naughtyBodies(event))('is refused at the door, or taken: %s', async (_what, body, taken) => {
    const response = await server.raw('/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    const answer = (await response.json()) as { accepted?: number; code?: string };
    if (taken) expect({ status: response.status, accepted: answer.accepted }).toEqual({ status: 202, accepted: 1 });
    else {
      expect([400, 413]).toContain(response.status);
      expect(answer.code).toMatch(/^(bad_json|bad_text|too_deep|too_large)$/);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
