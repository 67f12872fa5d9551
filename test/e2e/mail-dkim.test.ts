// A signed mail, verified by programs nobody here wrote: the npm package `mailauth`, and Debian's python3-dkim where it is installed.
// One-click unsubscription has to be covered by the signature (RFC 8058 §4), and a changed mail does not pass.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { smtpConnection } from '../../packages/server/src/channels/providers/smtp.ts';
import { sampleEnvelope } from '../../packages/server/src/channels/sample-envelope.ts';
import { startMailServer } from '../doubles/mail-server.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RECORD = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
const NAME = 's1._domainkey.example.test';

let raw: Buffer;
beforeAll(async () => {
  const server = await startMailServer();
  const connection = smtpConnection({
    url: `smtp://127.0.0.1:${server.port}`,
    from: 'Acme <acme@example.test>',
    dkim: {
      domain: 'example.test',
      selector: 's1',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  });
  const envelope = sampleEnvelope({
    unsubscribeUrl: 'https://relance.example.test/u/abcdefghijklmnopqrstuv',
    content: {
      ...sampleEnvelope().content,
      subject: 'Réunion — 完成',
      text: `.\n${'é'.repeat(3_000)}\n\n\n`,
      calendar: true,
    },
  });
  const outcome = await connection.send(envelope, AbortSignal.timeout(10_000));
  await connection.close();
  await server.stop();
  expect(outcome).toMatchObject({ kind: 'accepted' });
  raw = server.caught[0]?.raw ?? Buffer.alloc(0);
});

const resolver = async (name: string, type: string) => {
  if (type === 'TXT' && name === NAME) return [[RECORD]];
  throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
};
const verified = async (mail: Buffer) => {
  const { results } = await dkimVerify(mail, { resolver: resolver as never });
  return results.map(({ status, signingDomain }) => `${status.result} ${signingDomain}`);
};

const COVERED = ['from', 'to', 'subject', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post', 'references'];

describe('mailauth', () => {
  it('finds the signature good, and the list to leave covered by it', async () => {
    expect(await verified(raw)).toEqual(['pass example.test']);
    const covered = /DKIM-Signature:[^]*?;\s*h=([^;]+);/.exec(raw.toString('latin1'))?.[1]?.replace(/\s/g, '') ?? '';
    expect(covered.split(':')).toEqual(expect.arrayContaining(COVERED));
  });
  it.each([
    ['a word', (mail: string) => mail.replace('=C3=A9', '=C3=A8')],
    ['the subject', (mail: string) => mail.replace(/^Subject: .*$/m, 'Subject: another')],
    ['where to unsubscribe', (mail: string) => mail.replace('/u/abc', '/u/abd')],
  ])('and bad when %s was changed', async (_what, change) => {
    const changed = change(raw.toString('latin1'));
    expect(changed).not.toBe(raw.toString('latin1'));
    expect(await verified(Buffer.from(changed, 'latin1'))).toEqual(['fail example.test']);
  });
});

const PYTHON = '/usr/bin/python3'; // Debian's, for which Debian installs it
const installed = spawnSync(PYTHON, ['-c', 'import dkim']).status === 0;
if (!installed && process.env.CI === 'true')
  throw new Error('python3-dkim is not installed; .ci/run installs it so that nothing is left out.');
if (!installed) process.stderr.write('LEFT OUT: DKIM verified by python3-dkim (apt-get install python3-dkim).\n');

describe.runIf(installed)('python3-dkim', () => {
  const program = `
import sys, dkim
record = sys.argv[1].encode()
ask = lambda name, timeout=5: record if name.rstrip(b'.') == b'${NAME}' else None
print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=ask))`;
  const verdict = (mail: Buffer) =>
    spawnSync(PYTHON, ['-c', program, RECORD], { input: mail, encoding: 'utf8' }).stdout.trim();
  it('finds the signature good, and bad when a word was changed', () => {
    expect(verdict(raw)).toBe('True');
    expect(verdict(Buffer.from(raw.toString('latin1').replace('=C3=A9', '=C3=A8'), 'latin1'))).toBe('False');
  });
});
