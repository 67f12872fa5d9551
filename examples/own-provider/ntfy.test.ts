// The conformance suite over the provider, as its author runs it: node --test examples/own-provider/ntfy.test.ts
import { test } from 'node:test';
import { type Adapter, conformanceOf } from 'relance/testing';
import { ntfyProvider } from './ntfy.ts';
import { startNtfyDouble } from './ntfy-double.ts';

const open = (server: string) =>
  ntfyProvider.open({
    id: 'ntfy',
    tenant: 'default',
    settings: { server },
    secrets: {},
    concurrencyMax: 10,
    wallNow: () => Date.now(),
    egress: { allowHosts: ['127.0.0.1'] },
    receiptsUrl: null,
  });

const adapter: Adapter = {
  name: 'ntfy',
  async start() {
    const { url, taken, stop } = await startNtfyDouble();
    return { connection: open(url), address: 'ops', taken: () => taken.length, stop };
  },
  malformed: 'no topic/at all',
  unreachable: () => ({ connection: open('http://127.0.0.1:1'), address: 'ops' }),
};

for (const check of conformanceOf(adapter)) test(check.name, () => check.run());
