// The example of a provider of one's own goes through the conformance suite as its author runs it, its news is read, and the guide to
// providers names everything that it is made of.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceOf, sampleEnvelope } from 'relance/testing';
import { describe, expect, it } from 'vitest';
import { ntfyProvider } from '../examples/own-provider/ntfy.ts';
import { startNtfyDouble } from '../examples/own-provider/ntfy-double.ts';
import { acmeReceipts } from '../examples/own-provider/receipts.ts';
import { receiptsSchema } from '../packages/server/src/http/routes/receipt.ts';
import { guideText } from './guide.ts';

const open = (server: string, token?: string) =>
  ntfyProvider.open({
    id: 'ntfy',
    tenant: 'default',
    settings: { server },
    secrets: token === undefined ? {} : { token },
    concurrencyMax: 10,
    wallNow: () => Date.now(),
    egress: { allowHosts: ['127.0.0.1'] },
    receiptsUrl: null,
  });
const alive = (): AbortSignal => AbortSignal.timeout(10_000);

describe('the example of a provider', () => {
  it('passes the conformance suite, run as the guide says', () => {
    const file = join(import.meta.dirname, '../examples/own-provider/ntfy.test.ts');
    const said = execFileSync(process.execPath, ['--test', '--test-reporter=tap', file], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    const none = { connection: open('http://127.0.0.1:1'), address: 'ops' };
    const adapter = { name: 'ntfy', start: async () => ({ ...none, taken: null, stop: async () => {} }) };
    const checks = conformanceOf({ ...adapter, malformed: '', unreachable: () => none });
    expect([...said.matchAll(/^ok \d+ - (.*)$/gm)].map(([, name]) => name)).toEqual(checks.map(({ name }) => name));
    expect(said).toContain('# fail 0');
  });

  it('says who it is, what it is about and what can be done, and hears the id', async () => {
    const { taken, url, stop } = await startNtfyDouble();
    const outcome = await open(url, 'tk_secret').send(sampleEnvelope({ address: 'ops' }), alive());
    expect(outcome).toMatchObject({ kind: 'accepted', providerId: 'n1' });
    expect(taken[0]).toMatchObject({ authorization: 'Bearer tk_secret', message: { topic: 'ops', title: 'Hello' } });
    expect(taken[0]?.message.actions.map(({ label }) => label)).toEqual(['It is done', 'I have this']);
    await stop();
  });

  it.each([
    [429, 'retry'],
    [401, 'retry'],
    [413, 'rejected'],
    [500, 'uncertain'],
  ])('takes HTTP %i for %s', async (status, kind) => {
    const { url, stop } = await startNtfyDouble(status);
    expect((await open(url, 'tk_secret').send(sampleEnvelope({ address: 'ops' }), alive())).kind).toBe(kind);
    await stop();
  });

  it('is not led inside', async () => {
    const connection = ntfyProvider.open({
      id: 'ntfy',
      tenant: 'default',
      settings: { server: 'http://127.0.0.1:1' },
      secrets: {},
      concurrencyMax: 1,
      wallNow: () => Date.now(),
      egress: { allowHosts: [] },
      receiptsUrl: null,
    });
    expect((await connection.send(sampleEnvelope({ address: 'ops' }), alive())).kind).toBe('rejected');
  });
});

describe('the example of news', () => {
  const read = (body: string, signature = createHmac('sha256', 's3cret').update(body).digest('hex')) =>
    acmeReceipts({
      settings: {},
      secrets: { webhookSecret: 's3cret' },
      method: 'POST',
      url: 'https://relance.example.test/v1/receipts/acme/key',
      headers: { 'x-acme-signature': signature },
      body: Buffer.from(body),
      wallNow: () => Date.now(),
      egress: { allowHosts: [] },
    });
  const told = (more: object) =>
    JSON.stringify({ reference: '0193a1b2-c3d4-8000-8000-000000000001', time: '2026-11-26T09:00:00Z', ...more });

  it('is understood', async () => {
    const items = async (more: object) => {
      const answer = await read(told(more));
      return answer.kind === 'news' ? answer.items : answer;
    };
    expect(await items({ status: 'delivered' })).toEqual([
      {
        message: { id: '0193a1b2-c3d4-8000-8000-000000000001' },
        kind: 'delivered',
        at: Date.UTC(2026, 10, 26, 9),
        detail: null,
      },
    ]);
    expect(await items({ status: 'undeliverable', reason: 'no such address' })).toMatchObject([
      { kind: 'failed', permanent: true },
    ]);
    expect(await items({ status: 'unsubscribed' })).toMatchObject([{ kind: 'unsubscribed' }]);
  });
  it('is not believed without its proof', async () => {
    expect(await read(told({ status: 'delivered' }), '')).toMatchObject({ kind: 'refused', status: 401 });
    expect(await read(told({ status: 'delivered' }), 'ab'.repeat(32))).toMatchObject({ kind: 'refused', status: 401 });
    expect(await read('no JSON')).toMatchObject({ kind: 'refused', status: 400 });
  });
});

describe('the guide to providers', () => {
  const guide = guideText('providers.md');
  const source = (file: string): string =>
    readFileSync(join(import.meta.dirname, '../packages/server/src', file), 'utf8');
  /** What an interface is made of. */
  const fieldsOf = (file: string, name: string): readonly string[] => {
    const [, body = ''] = new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(source(file)) ?? [];
    return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(([, field = '']) => field);
  };

  it.each([
    ['channels/provider.ts', 'Provider'],
    ['channels/provider.ts', 'Opening'],
    ['channels/provider.ts', 'ReceiptCall'],
    ['channels/conformance.ts', 'Adapter'],
    ['channels/conformance.ts', 'RunningAdapter'],
  ])('names all of %s %s', (file, name) => {
    const fields = fieldsOf(file, name);
    expect(fields.length).toBeGreaterThanOrEqual(4);
    expect(fields.filter((field) => !guide.includes(`\`${field}`))).toEqual([]);
  });
  it('names all that an item of news may say', () => {
    const item = receiptsSchema.shape.items.element.shape;
    for (const word of [...Object.keys(item), ...item.kind.options]) expect(guide).toContain(word);
    const [, table = ''] = /\| `kind` \| what comes of it \|\n([\s\S]*?)\n\n/.exec(guide) ?? [];
    expect([...table.matchAll(/`(\w+)`(?=[^|]*\|)/g)].map(([, kind]) => kind)).toEqual(
      expect.arrayContaining(item.kind.options),
    );
  });
});
