// The markup of chat: what data may not do in it, and how it is taken apart and cut.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutChat, escapeChat, partsOfChat, plainChat, safeChat, whyOf, wordsOfChat } from './chat-text.ts';
import { sampleEnvelope } from './sample-envelope.ts';

describe('nobody is reached by accident', () => {
  it.each([
    ['<!channel> now', '&lt;!channel&gt; now'],
    ['<!here|here>', '&lt;!here|here&gt;'],
    ['<@U0123456>', '&lt;@U0123456&gt;'],
    ['<#C0123456|general>', '&lt;#C0123456|general&gt;'],
    ['<javascript:alert(1)|x>', '&lt;javascript:alert(1)|x&gt;'],
    ['a & b &amp; c', 'a &amp; b &amp; c'],
    ['1 < 2 > 0', '1 &lt; 2 &gt; 0'],
  ])('%s', (given, shown) => {
    expect(safeChat(given)).toBe(shown);
  });
  it('while links, bold text and quotes of a template stay', () => {
    const text = '> quoted\n*Bold* <https://example.test/a?b=1&amp;c=2|see it> and <mailto:a@example.test>';
    expect(safeChat(text)).toBe(text);
  });
  it('whatever the text, only links to pages and mailboxes are left between angle brackets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '!', '@', 'U1', '|', 'https://a.b', ' ', '\n', '&', 'amp;')),
        (parts) => {
          for (const [tag] of safeChat(parts.join('')).matchAll(/<[^>]*>/g)) expect(tag).toMatch(/^<https:\/\//);
        },
      ),
    );
  });
  it('data that is escaped is shown as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', 'a', ';', '#', '@', '!') }), (text) => {
        expect(plainChat(safeChat(escapeChat(text)))).toBe(text);
      }),
    );
  });
});

describe('a text in parts', () => {
  it('is cut between words, and says that it is', () => {
    expect(cutChat('one two three', 9)).toBe('one two…');
    expect(cutChat('one', 3)).toBe('one');
  });
  it('never within a link, an escape or a character', () => {
    expect(cutChat(`${'a'.repeat(8)} <https://example.test|see it>`, 20)).toBe(`${'a'.repeat(8)}…`);
    expect(cutChat(`${'a'.repeat(8)}&amp;b`, 11)).toBe(`${'a'.repeat(8)}…`);
    expect(cutChat('🎉🎉🎉', 4).isWellFormed()).toBe(true);
  });
  it('loses no word where the parts have room, and keeps to their size', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })), (words) => {
        const text = words.join(' ').replace(/\s+/g, ' ').trim();
        const parts = partsOfChat(text, 40, 1_000);
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(40);
        expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});

describe('title and body', () => {
  const { content } = sampleEnvelope();
  it('the first line is the title where it is all bold', () => {
    const { subject: _none, ...untitled } = content;
    const envelope = sampleEnvelope({ content: { ...untitled, text: '*Done: Invoice &lt;7&gt;*\nThank you.' } });
    expect(wordsOfChat(envelope)).toEqual({ title: 'Done: Invoice <7>', body: 'Thank you.' });
  });
  it('a title that is given is data', () => {
    const envelope = sampleEnvelope({ content: { ...content, subject: '<!channel> *x*', text: 'Body' } });
    expect(wordsOfChat(envelope)).toEqual({ title: '<!channel> *x*', body: 'Body' });
  });
  it('what a line says beside it stays', () => {
    const [first] = content.actions ?? [];
    const text = `Pay 1,200 € by Friday: ${content.url}\nOr say so: ${first?.url}\nSee https://r.test/?u=${content.url}`;
    expect(wordsOfChat(sampleEnvelope({ content: { ...content, text } })).body).toBe(
      `Pay 1,200 € by Friday\nOr say so\nSee https://r.test/?u=${content.url}`,
    );
  });
  it('lines that only lead where a button leads are left out', () => {
    const [first] = content.actions ?? [];
    const text = `Please.\n${first?.label}: ${first?.url}\nDetails: ${content.url}\nElsewhere: https://other.test`;
    expect(wordsOfChat(sampleEnvelope({ content: { ...content, text } })).body).toBe(
      'Please.\nElsewhere: https://other.test',
    );
  });
});

it('says why in the language of the reader', () => {
  expect(whyOf({ locale: 'fr-CA', policyTitle: 'Facture' })).toBe('Vous recevez ceci dans le cadre de : Facture');
  expect(whyOf({ locale: 'de', policyTitle: 'Invoice' })).toBe('You get this because of: Invoice');
});
