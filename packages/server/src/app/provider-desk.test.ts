// What a connection is refused for when it is written, so that none is stored that can never work.
import { expect, it } from 'vitest';
import { smtpProvider } from '../channels/providers/smtp.ts';
import { PROVIDERS } from '../channels/providers.ts';
import { providerDesk } from './provider-desk.ts';

const options: Parameters<typeof providerDesk>[0] = {
  providers: [smtpProvider],
  secretBox: { seal: () => '', open: () => '{}' } as never,
  egress: { allowHosts: ['127.0.0.1', 'hook.local'] },
  publicUrl: 'https://relance.test',
  wallNow: () => 0,
  addressKey: Buffer.alloc(32),
};
const desk = providerDesk(options);
const settings = { host: 'mail.test', from: 'a@mail.test' };

it.each([
  [{ ...settings, secure: 'none' }, { user: 'a', password: 'b' }, 'settings.secure', /without TLS/],
  [{ ...settings, dkim: { domain: 'mail.test', selector: 's1' } }, {}, 'secrets.dkimPrivateKey', /is missing/],
])('%j with %j', (own, secrets, path, message) => {
  const checked = desk.check('smtp', own, secrets);
  expect(checked).toMatchObject({ ok: false, errors: [{ path, message: expect.stringMatching(message) }] });
});

it('says in words what is wrong: what is missing, which fields there are, how a host is written', () => {
  const { host: _host, ...rest } = settings;
  const wrong = (own: object) => desk.check('smtp', own, {});
  expect(wrong(rest)).toMatchObject({ errors: [{ path: 'settings.host', message: 'is missing' }] });
  expect(wrong({ ...rest, hots: 'mail.test' })).toMatchObject({
    errors: [
      { path: 'settings.host', message: 'is missing' },
      { path: 'settings', message: 'there is no field "hots" (did you mean "host"?)' },
    ],
  });
  const message = 'must be the name or the address of a server alone, such as smtp.example.com';
  expect(wrong({ ...settings, host: 'smtp://mail.test' })).toMatchObject({
    errors: [{ path: 'settings.host', message }],
  });
});

it.each(PROVIDERS.map((one) => [one.id, one] as const))('nothing that %s says is a pattern', (id, provider) => {
  const all = providerDesk({ ...options, providers: [provider] });
  const unreadable = (schema: object | undefined): object =>
    Object.fromEntries(
      Object.entries((schema as { properties?: Record<string, object> })?.properties ?? {}).map(([name, of]) => [
        name,
        'properties' in of ? unreadable(of) : '\u0001 nothing of ours',
      ]),
    );
  const [seen] = all.list;
  const checked = all.check(id, unreadable(seen?.settings), unreadable(seen?.secrets));
  expect(checked.ok).toBe(false);
  expect(JSON.stringify(checked)).not.toMatch(/pattern|received undefined/i);
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
