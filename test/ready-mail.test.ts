// Mails of the ready policies as mail programs and their checkers see them: valid HTML, small enough for Gmail to show whole, read
// without pictures, one thing to do, and word for word as they were agreed on (the snapshot beside this file).
import { render } from '@relance/core';
import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { BOTH, inputOf, usesOf } from './ready-words.ts';
import { READY_IDS, readyProject } from './scenario.ts';

/** Gmail shows no more of a mail than this: https://support.google.com/mail/answer/6584 calls it "clipped". */
const CLIPPED_AT = 102 * 1024;

/** The standard, but for attributes that Outlook reads alone: https://documentation.mjml.io */
const VALID = new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'no-deprecated-attr': 'off' } });

async function mistakesIn(html: string): Promise<readonly string[]> {
  const { results } = await VALID.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId} line ${line}: ${message}`),
  );
}

it('what is checked with finds mistakes', async () => {
  const page = (body: string) =>
    `<!doctype html><html lang="en"><head><title>x</title></head><body>${body}</body></html>`;
  expect(await mistakesIn(page('<p>x</p>'))).toEqual([]);
  expect(await mistakesIn(page('<p><div></p>'))).not.toEqual([]);
});

it.each(['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'] as const)(
  'the built-in mail of a %s is valid and small',
  async (role) => {
    const { policy } = await readyProject('invoice-payment');
    for (const locale of ['en', 'fr']) {
      const use = {
        template: '',
        channel: 'email',
        closed: role === 'confirmation',
        consequence: 'x',
        toOthers: false,
      } as const;
      const input = inputOf({ id: 'invoice-payment', policy, template: { id: '' }, use, locale, bare: false });
      const rendered = render({ ...input, template: null, role });
      const html = rendered.ok ? (rendered.content.html ?? '') : rendered.detail;
      expect(await mistakesIn(html)).toEqual([]);
      expect(Buffer.byteLength(html)).toBeLessThan(CLIPPED_AT);
    }
  },
);

describe.each(READY_IDS)('mails of %s', (id) => {
  it('are valid, small, and read without pictures', async () => {
    const faults: string[] = [];
    for (const [place, { html = '', text, subject = '' }] of await mailsOf(id)) {
      faults.push(...(await mistakesIn(html)).map((mistake) => `${place}: ${mistake}`));
      const must = (holds: boolean, what: string) => void (holds || faults.push(`${place}: ${what}`));
      must(Buffer.byteLength(html) < CLIPPED_AT, `is ${Buffer.byteLength(html)} bytes`);
      must(text.length > 40, 'has no text part to speak of');
      must(
        [...html.matchAll(/<img\b[^>]*>/g)].every(([tag]) => /\salt="/.test(tag)),
        'has a picture without words',
      );
      must(subject.length > 0 && subject.length <= 90, `has a subject of ${subject.length} characters`);
      must(
        [...html.matchAll(/role="presentation" style="[^"]*line-height:100%/g)].length <= 1,
        'has more than one button',
      );
      must(/<html[^>]* lang="(en|fr)"/.test(html), 'says not in which language it is');
      const named = [...html.matchAll(/href="(https:[^"]+)"/g)].map(([, url = '']) => url.replaceAll('&amp;', '&'));
      must(
        named.every((url) => text.includes(url)),
        'leads where its plain text does not',
      );
    }
    expect(faults).toEqual([]);
  });

  it('and all other words are as they were agreed on', async () => {
    const said = (await wordsOf(id)).map(([place, { subject, text }]) =>
      [`# ${place}`, ...(subject === undefined ? [] : [subject, '']), text].join('\n'),
    );
    await expect(`${said.join('\n\n')}\n`).toMatchFileSnapshot(`ready-words/${id}.txt`);
  });
});

async function wordsOf(id: string) {
  const { policy, templates } = await readyProject(id);
  return usesOf(policy).flatMap((use) =>
    BOTH.flatMap(({ locale, bare }) => {
      const template = templates.get(use.template);
      if (template === undefined) return [];
      const rendered = render(inputOf({ id, policy, template, use, locale, bare }));
      if (!rendered.ok) throw new Error(rendered.detail);
      return [[`${use.template} ${use.channel} ${locale}${bare ? ' bare' : ''}`, rendered.content] as const];
    }),
  );
}

const mailsOf = async (id: string) => (await wordsOf(id)).filter(([, { html }]) => html !== undefined);
