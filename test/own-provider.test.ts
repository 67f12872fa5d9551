// The example of a provider of one's own goes through the conformance suite as its author would run it, against a double of ntfy
// written from its published interface; and what the guide to channels writes is what the brands take.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { conformanceOf, sampleEnvelope } from 'relance/testing';
import { describe, expect, it } from 'vitest';
import { ntfyProvider } from '../examples/own-provider/ntfy.ts';
import { providerDesk } from '../packages/server/src/app/provider-desk.ts';
import { PROVIDERS } from '../packages/server/src/channels/providers.ts';
import { secretBox } from '../packages/server/src/store/secret-box.ts';
import { SECRET } from './world.ts';

interface Taken {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly actions: readonly { readonly label: string; readonly url: string }[];
}

async function ntfyDouble(status = 200) {
  const taken: { readonly authorization: string | undefined; readonly message: Taken }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(parts).toString()) as Taken;
      if (status === 200) taken.push({ authorization: request.headers.authorization, message });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: `n${taken.length}`, event: 'message', topic: message.topic }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { taken, url: `http://127.0.0.1:${port}`, stop };
}

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
  const checks = conformanceOf({
    name: 'ntfy',
    async start() {
      const { taken, url, stop } = await ntfyDouble();
      return { connection: open(url), address: 'ops', taken: () => taken.length, stop };
    },
    malformed: 'no topic/at all',
    unreachable: () => ({ connection: open('http://127.0.0.1:1'), address: 'ops' }),
  });
  it.each(checks.map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());

  it('says who it is, what it is about and what can be done, and hears the id', async () => {
    const { taken, url, stop } = await ntfyDouble();
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
    const { url, stop } = await ntfyDouble(status);
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

describe('the guide to channels', () => {
  const desk = providerDesk({
    providers: PROVIDERS,
    secretBox: secretBox(SECRET),
    egress: { allowHosts: [] },
    publicUrl: 'https://relance.example.test',
    wallNow: () => Date.now(),
    addressKey: Buffer.alloc(32, 1),
  });
  const guide = readFileSync(join(import.meta.dirname, '../docs/guide/channels.md'), 'utf8');
  const written = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(
    (block) => JSON.parse(block[1] ?? '') as { provider: string; settings: object; secrets: object },
  );

  it.each(written.map((one) => [one.provider, one] as const))('%s is written as it is taken', (_name, one) => {
    expect(desk.check(one.provider, one.settings, one.secrets)).toMatchObject({ ok: true });
  });
  it('names every brand', () => {
    for (const { id } of PROVIDERS) expect(guide.toLowerCase()).toContain(id);
  });
});
