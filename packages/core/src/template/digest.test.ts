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
