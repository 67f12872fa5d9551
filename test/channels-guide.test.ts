// The guide to channels: each brand is written as it is taken, every setting is named, and keys can be made as it says. Its requests are
// followed by e2e/channels-guide.test.ts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { providerDesk } from '../packages/server/src/app/provider-desk.ts';
import { PROVIDERS } from '../packages/server/src/channels/providers.ts';
import { connectionSchema } from '../packages/server/src/http/routes/connection.ts';
import { secretBox } from '../packages/server/src/store/secret-box.ts';
import { blocksOf, guideText } from './guide.ts';
import { SECRET } from './world.ts';

interface Written {
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const GUIDE = guideText('channels.md');
const blocks = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const written = blocks.filter((one): one is Written => 'provider' in one);
const desk = providerDesk({
  providers: PROVIDERS,
  secretBox: secretBox(SECRET),
  egress: { allowHosts: [] },
  publicUrl: 'https://relance.example.test',
  wallNow: () => Date.now(),
  addressKey: Buffer.alloc(32, 1),
});

describe('the guide to channels', () => {
  it('has every brand', () => expect(written.map(({ provider }) => provider)).toEqual(PROVIDERS.map(({ id }) => id)));
  it.each(written.map((one) => [one.provider, one] as const))('%s is written as it is taken', (_name, one) => {
    expect(desk.check(one.provider, one.settings, one.secrets)).toMatchObject({ ok: true });
  });
  it.each(PROVIDERS.map((one) => [one.title, one] as const))(
    'names every setting of %s, and how it tells',
    (title, one) => {
      const [, section = ''] = GUIDE.split(`\n### ${title}\n`);
      const [own = ''] = section.split(/\n##/);
      const { settings, secrets } = desk.list.find(({ id }) => id === one.id) as { settings: object; secrets: object };
      const names = [settings, secrets].flatMap((schema) =>
        Object.keys((schema as { readonly properties?: object }).properties ?? {}),
      );
      expect(names.length).toBeGreaterThan(1);
      expect(names.filter((name) => !own.includes(`\`${name}\``))).toEqual([]);
      if (one.receipts !== undefined) expect(own).toContain('`receiptsUrl`');
    },
  );
  it('names everything that a connection is written with', () => {
    const names = Object.keys(connectionSchema.shape).filter((name) => name !== 'id');
    expect(names.filter((name) => !GUIDE.includes(`\n| \`${name}\` |`))).toEqual([]);
  });
  it('makes keys for web push that are taken', () => {
    const [, command = ''] = /^npx (web-push .*)$/m.exec(GUIDE) ?? [];
    const [name = '', ...given] = command.split(' ');
    const bin = join(import.meta.dirname, '../node_modules/.bin', name);
    const { publicKey, privateKey } = JSON.parse(execFileSync(process.execPath, [bin, ...given], { encoding: 'utf8' }));
    const settings = { subject: 'mailto:ops@example.com', publicKey };
    expect(desk.check('web-push', settings, { privateKey })).toMatchObject({ ok: true });
  });
});
