// The environment as configuration: defaults, every mistake at once, and how keys come to be.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig, readStoredKeys, resolveKeys } from './config.ts';

const KEY = 'k'.repeat(32);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function mistakesOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('reading the environment', () => {
  it('says of a URL that is none just that, with an example of one', () => {
    expect(mistakesOf({ RELANCE_SMTP_URL: 'foo' })).toBe(
      'RELANCE_SMTP_URL must be a URL beginning with smtp:// or smtps://, such as smtp://user:password@mail.example.com:587',
    );
  });

  it('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      databaseUrl: null,
      directUrl: null,
      dataDir: resolve('.relance'),
      port: 4400,
      host: '127.0.0.1',
      publicUrl: null,
      url: 'http://127.0.0.1:4400',
      apiKey: null,
      secretKey: null,
      secretKeysAccepted: [],
      messagesADay: null,
      smtpUrl: null,
      mailFrom: null,
      mailReturnPath: null,
      mailReplyTo: null,
      dkim: null,
      inbound: null,
      project: null,
      clock: { mode: 'real' },
      webhookAllowHosts: [],
      logLevel: 'info',
      unknown: [],
    });
  });

  it('takes an empty variable as not set, and looks for the server where it would listen', () => {
    const config = readConfig({ RELANCE_DATABASE_URL: '', RELANCE_PORT: '5500' });
    expect(config).toMatchObject({ databaseUrl: null, url: 'http://127.0.0.1:5500' });
    expect(readConfig({ RELANCE_URL: 'https://relance.example/base/' }).url).toBe('https://relance.example/base');
  });

  it('names every mistake at once', () => {
    const said = mistakesOf({
      RELANCE_DATABASE_URL: 'mysql://localhost/app',
      RELANCE_PORT: '99999',
      RELANCE_API_KEY: 'short',
      RELANCE_MAIL_FROM: 'nobody',
      RELANCE_CLOCK: 'fast',
    });
    expect(said).toContain('RELANCE_DATABASE_URL must be a URL beginning with postgres:// or postgresql://');
    expect(said).toContain('RELANCE_PORT must be a port, 0 to 65535');
    expect(said).toContain('RELANCE_API_KEY must have 32 characters or more');
    expect(said).toContain('RELANCE_MAIL_FROM must hold an address');
    expect(said).toContain('RELANCE_CLOCK must be virtual or real');
  });

  it.each([
    ['RELANCE_PORT', '4400.5'],
    ['RELANCE_PORT', 'http'],
    ['RELANCE_TIME_SCALE', '0'],
    ['RELANCE_TIME_SCALE', '-3'],
    ['RELANCE_TIME_SCALE', 'fast'],
    ['RELANCE_SMTP_URL', 'mail.example:25'],
    ['RELANCE_PUBLIC_URL', 'relance.example'],
  ])('refuses %s=%s', (name, value) => {
    expect(mistakesOf({ [name]: value })).toContain(name);
  });

  it('knows three clocks, one at a time', () => {
    expect(readConfig({ RELANCE_CLOCK: 'virtual' }).clock).toEqual({ mode: 'virtual' });
    expect(readConfig({ RELANCE_TIME_SCALE: '3600' }).clock).toEqual({ mode: 'scaled', scale: 3600 });
    expect(mistakesOf({ RELANCE_CLOCK: 'virtual', RELANCE_TIME_SCALE: '2' })).toContain('exclude each other');
  });

  it('points out what is probably misspelt', () => {
    expect(readConfig({ RELANCE_DATABSE_URL: 'postgres://x/y', RELANCE_TEST_LOG: '1', OTHER: '1' }).unknown).toEqual([
      'RELANCE_DATABSE_URL',
    ]);
  });
});

describe('keys', () => {
  const config = (env: Record<string, string> = {}) => readConfig({ RELANCE_DATA_DIR: folder, ...env });

  it('are made on the first start, kept for the owner only, and shown once', () => {
    const first = resolveKeys(config());
    expect(first).toMatchObject({ apiKeyIs: 'made' });
    expect([first.apiKey.length, first.secretKey.length].every((length) => length >= 32)).toBe(true);
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
    expect(resolveKeys(config())).toEqual({ ...first, apiKeyIs: 'kept' });
    expect(readStoredKeys(folder)).toEqual({ apiKey: first.apiKey, secretKey: first.secretKey });
    expect(resolveKeys(readConfig({ RELANCE_DATA_DIR: join(folder, 'other') })).apiKey).not.toBe(first.apiKey);
  });

  it('that are given win over those that are kept', () => {
    const kept = resolveKeys(config());
    expect(resolveKeys(config({ RELANCE_API_KEY: KEY }))).toEqual({
      apiKey: KEY,
      secretKey: kept.secretKey,
      apiKeyIs: 'given',
    });
  });

  it('must be given with a database of one’s own', () => {
    const own = { RELANCE_DATABASE_URL: 'postgres://localhost/app' };
    expect(() => resolveKeys(config(own))).toThrow('RELANCE_API_KEY and RELANCE_SECRET_KEY must be set');
    expect(() => resolveKeys(config({ ...own, RELANCE_API_KEY: KEY }))).toThrow('RELANCE_SECRET_KEY must be set');
    expect(resolveKeys(config({ ...own, RELANCE_API_KEY: KEY, RELANCE_SECRET_KEY: KEY })).apiKeyIs).toBe('given');
  });

  it('are not made anew over a damaged file: links that were sent would stop working', () => {
    writeFileSync(join(folder, 'keys.json'), '{"apiKey": "cut o');
    expect(() => resolveKeys(config())).toThrow(/keys\.json is damaged/);
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe('{"apiKey": "cut o');
  });
});
