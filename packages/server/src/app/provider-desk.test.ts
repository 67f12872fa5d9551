// What a connection is refused for when it is written, so that none is stored that can never work.
import { expect, it } from 'vitest';
import { smtpProvider } from '../channels/providers/smtp.ts';
import { providerDesk } from './provider-desk.ts';

const desk = providerDesk({
  providers: [smtpProvider],
  secretBox: { seal: () => '', open: () => '{}' } as never,
  egress: { allowHosts: ['127.0.0.1', 'hook.local'] },
  publicUrl: 'https://relance.test',
  wallNow: () => 0,
  addressKey: Buffer.alloc(32),
});
const settings = { host: 'mail.test', from: 'a@mail.test' };

it.each([
  [{ ...settings, secure: 'none' }, { user: 'a', password: 'b' }, 'settings.secure', /without TLS/],
  [{ ...settings, dkim: { domain: 'mail.test', selector: 's1' } }, {}, 'secrets.dkimPrivateKey', /is missing/],
])('%j with %j', (own, secrets, path, message) => {
  const checked = desk.check('smtp', own, secrets);
  expect(checked).toMatchObject({ ok: false, errors: [{ path, message: expect.stringMatching(message) }] });
});

it('what can work is taken', () => {
  expect(desk.check('smtp', { ...settings, secure: 'none' }, {})).toMatchObject({ ok: true, channel: 'email' });
});

it.each([
  ['https://10.0.0.1/in', false],
  ['https://localhost/in', false],
  ['https://a.localhost./in', false],
  ['https://[::ffff:169.254.169.254]/in', false],
  ['https://93.184.215.14/in', true],
  ['https://example.com/in', true],
  ['http://127.0.0.1:8080/in', true], // allowed
])('something may lead to %s: %s', (url, may) => {
  expect(desk.refusalOf(url) === null).toBe(may);
});
