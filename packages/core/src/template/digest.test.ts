// What a carrier would cut off is named, and where it stands.
import { expect, it } from 'vitest';
import { renderDigest } from './digest.ts';

const items = Array.from({ length: 30 }, (_, index) => ({
  title: `Bill ${index} ${'x'.repeat(200)}`,
  body: '',
  url: null,
  actions: [],
  alone: { locale: 'en', text: `Bill ${index} is due. ${'x'.repeat(200)}` },
}));
const written = (channel: 'chat' | 'sms') =>
  renderDigest({ items, channel, locale: 'en', recipient: {}, tenant: {}, everythingUrl: 'https://r.test/me/all' })
    .text;

it('in a chat ends with the page that has all, before any chat would cut it', () => {
  const text = written('chat');
  expect(text.length).toBeLessThan(2_000);
  expect(text).toContain('Bill 0 is due.');
  expect(text).toMatch(/… \+\d+\n\nEverything that waits for you: https:\/\/r\.test\/me\/all$/);
});
it('in a text message is short, whatever its items are called', () => {
  expect(written('sms').length).toBeLessThan(160);
  expect(written('sms')).toMatch(/\nhttps:\/\/r\.test\/me\/all$/);
});
it.each([
  ['en', 'Choose what you are sent', ': '],
  ['fr', 'Choisir ce que vous recevez', ' : '],
])('in a mail has the way to what its reader chooses in its foot, in %s', (locale, label, colon) => {
  const url = 'https://r.test/p/mine';
  const input = { items, channel: 'email', locale, recipient: {}, tenant: {}, everythingUrl: '' } as const;
  const { html = '', text } = renderDigest({ ...input, preferences: { url, label } });
  expect(html).toMatch(new RegExp(`<a href="${url}"[^>]*>${label}</a></p>\\s*</div></body></html>$`));
  expect(text.endsWith(`\n${label}${colon}${url}`)).toBe(true);
  const without = renderDigest(input);
  expect(without.html + without.text).not.toContain(label);
});
it('that is tracked ends with a picture, and with none where it is not', () => {
  const input = { items, channel: 'email', locale: 'en', recipient: {}, tenant: {}, everythingUrl: '' } as const;
  expect(renderDigest(input).html).not.toContain('<img');
  const { html } = renderDigest({ ...input, pictureUrl: 'https://r.test/t/o/x' });
  expect(html).toMatch(/<img src="https:\/\/r\.test\/t\/o\/x" width="1" height="1" alt="" [^>]*><\/body><\/html>$/);
});
