// Where a tenant may make us connect to (F50): whatever an address is written as, whatever the DNS says the first or the second
// time, and wherever an answer redirects to, a listener on 127.0.0.1 hears nothing. Where Debian's dnsmasq is installed, the
// names are asked of a real DNS server.
import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkEgress, isPublicAddress } from './egress-guard.ts';
import { pinnedPost } from './pinned-post.ts';

type Resolve = NonNullable<Parameters<typeof checkEgress>[3]>;
const never = new AbortController().signal;
const NOBODY = { allowHosts: [] };

let sentinel: Server;
let port: number;
let heard = 0;
beforeAll(async () => {
  sentinel = createServer((_request, response) => {
    heard += 1;
    response.end('the inside');
  });
  await new Promise<void>((resolve) => sentinel.listen(0, '127.0.0.1', resolve));
  ({ port } = sentinel.address() as { port: number });
});
afterAll(() => new Promise((resolve) => sentinel.close(resolve)));

/** Goes wherever the guard lets it, as a webhook does. */
async function post(url: URL, resolve?: Resolve, allowHosts: readonly string[] = []): Promise<string> {
  const passage = await checkEgress(url, { allowHosts }, never, resolve);
  if (passage.kind !== 'allowed') return passage.kind;
  const headers = { 'content-type': 'application/json' };
  const posted = await pinnedPost({
    url,
    passage,
    headers,
    body: '{}',
    signal: AbortSignal.timeout(2_000),
    answerMax: 64,
  });
  return `HTTP ${posted.status}`;
}

/** 127.0.0.1, this machine and its neighbours, as they can be written. */
const INSIDE = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0x0.0x0.0x1',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.255.255.254',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '１２７.0.0.1',
  '%31%32%37.0.0.1',
  '0',
  '0.0.0.0',
  '0x0',
  'localhost',
  'localhost.',
  'LOCALHOST',
  'lOcAlHoSt',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
  '[fe80::1]',
  '[fec0::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '169.254.169.254',
  '0xa9fea9fe',
  '[::ffff:169.254.169.254]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
] as const;

describe('an address', () => {
  it.each(INSIDE)('%s is not public', async (host) => {
    expect(await post(new URL(`http://${host}:${port}/`))).toBe('refused');
  });
  it.each([
    `gopher://127.0.0.1:1/`,
    'file:///etc/passwd',
    'ftp://example.com/',
    'http://user@example.com/',
    'https://user:secret@example.com/',
    'javascript:alert(1)',
  ])('%s is not one to post to', async (text) => {
    expect(await post(new URL(text))).toBe('refused');
  });
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each(['127.0.0.1', '::1', '', 'example.com', '1.2.3'])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

/** Answers one thing after the other, as a name with a TTL of 0 can. */
const answering = (...answers: readonly (readonly string[])[]) => {
  let asked = 0;
  const resolve = (async () => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }) as unknown as Resolve;
  return { resolve, asked: () => asked };
};

describe('a name', () => {
  const url = (name: string): URL => new URL(`http://${name}:${port}/`);
  it.each([
    ['of this machine', ['127.0.0.1']],
    ['with one public address and one that is not', ['93.184.216.34', '127.0.0.1']],
    ['with the public one last', ['127.0.0.1', '93.184.216.34']],
    ['with IPv6 alone', ['::1']],
    ['with a mapped one', ['::ffff:127.0.0.1']],
    ['of the metadata service', ['169.254.169.254']],
    ['of a private network', ['fd12:3456::1']],
  ])('%s leads nowhere', async (_what, addresses) => {
    expect(await post(url('evil.test'), answering(addresses).resolve)).toBe('refused');
  });
  it('without an address is worth another try', async () => {
    expect(await post(url('gone.test'), answering([]).resolve)).toBe('unresolved');
  });

  it('that is another a moment later is asked once, and the address that was checked is the one that is used', async () => {
    let honest = 0;
    const other = createServer((_request, response) => {
      honest += 1;
      response.end();
    });
    // The same port of another address of this machine, which an operator allows by the name.
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.2', resolve));
    const dns = answering(['127.0.0.2'], ['127.0.0.1']);
    expect(await post(url('flip.test'), dns.resolve, ['flip.test'])).toBe('HTTP 200');
    expect({ honest, asked: dns.asked() }).toEqual({ honest: 1, asked: 1 });
    // Where nobody allows it, the second answer is refused like the first.
    const checked = answering(['93.184.216.34'], ['127.0.0.1']);
    expect(await checkEgress(url('flip.test'), NOBODY, never, checked.resolve)).toMatchObject({
      address: '93.184.216.34',
    });
    expect(await post(url('flip.test'), checked.resolve)).toBe('refused');
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('an answer', () => {
  it.each([301, 302, 303, 307, 308])('of %d is not followed', async (status) => {
    const redirecting = createServer((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${port}/latest/meta-data` }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.2', resolve));
    const at = (redirecting.address() as { port: number }).port;
    expect(await post(new URL(`http://127.0.0.2:${at}/`), undefined, ['127.0.0.2'])).toBe(`HTTP ${status}`);
    await new Promise((resolve) => redirecting.close(resolve));
  });
});

const PROGRAM = '/usr/sbin/dnsmasq';
const installed = existsSync(PROGRAM);
if (!installed && process.env.CI === 'true')
  throw new Error('dnsmasq is not installed; .ci/run installs it so that nothing is left out.');
if (!installed) process.stderr.write('LEFT OUT: names asked of a real DNS server (apt-get install dnsmasq-base).\n');

describe.runIf(installed)('a real DNS server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'relance-dns-'));
  const hosts = join(folder, 'hosts');
  let dnsmasq: ChildProcess;
  let resolve: Resolve;
  /** An answer of another moment: the file is read again. */
  const says = (lines: readonly string[]): void => {
    writeFileSync(hosts, `${lines.join('\n')}\n`, { mode: 0o644 });
    dnsmasq?.kill('SIGHUP');
  };
  beforeAll(async () => {
    says([
      '93.184.216.34 flip.test',
      '::1 six.test',
      '93.184.216.34 mixed.test',
      '127.0.0.1 mixed.test',
      '169.254.169.254 meta.test',
    ]);
    const dnsPort = await freePort();
    dnsmasq = spawn(
      PROGRAM,
      [
        '--keep-in-foreground',
        '--no-resolv',
        '--no-hosts',
        '--local-ttl=0',
        '--user=',
        '--pid-file=',
        `--addn-hosts=${hosts}`,
        '--listen-address=127.0.0.1',
        '--bind-interfaces',
        `--port=${dnsPort}`,
      ],
      { stdio: 'ignore' },
    );
    const asking = new Resolver({ timeout: 500, tries: 2 });
    asking.setServers([`127.0.0.1:${dnsPort}`]);
    resolve = (async (name: string) => {
      const [four, six] = await Promise.all([
        asking.resolve4(name).catch(() => []),
        asking.resolve6(name).catch(() => []),
      ]);
      return [...four.map((address) => ({ address, family: 4 })), ...six.map((address) => ({ address, family: 6 }))];
    }) as unknown as Resolve;
    await vi.waitFor(() => asking.resolve4('flip.test'), { timeout: 10_000 });
  });
  afterAll(() => {
    dnsmasq.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const kindOf = async (name: string) =>
    (await checkEgress(new URL(`http://${name}:${port}/`), NOBODY, never, resolve)).kind;

  it('that names IPv6 alone, both kinds at once, or the metadata service leads nowhere', async () => {
    for (const name of ['six.test', 'mixed.test', 'meta.test'])
      expect({ name, kind: await kindOf(name) }).toEqual({ name, kind: 'refused' });
    expect(await kindOf('unknown.test')).toBe('unresolved');
  });
  it('that flips from a public address to this machine is refused from then on', async () => {
    expect(await kindOf('flip.test')).toBe('allowed');
    says(['127.0.0.1 flip.test']);
    await expect.poll(() => kindOf('flip.test'), { timeout: 10_000 }).toBe('refused');
    expect(await post(new URL(`http://flip.test:${port}/`), resolve)).toBe('refused');
  });
});

it('and the listener inside has heard nothing', () => {
  expect(heard).toBe(0);
});

const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const free = (probe.address() as { port: number }).port;
  await new Promise((done) => probe.close(done));
  return free;
};
