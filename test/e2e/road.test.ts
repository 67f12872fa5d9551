// The road of a message: from an event over a real SMTP server to the person, back by the link in the mail, to the
// confirmation. Assertions are on what arrived, not on mocks.
import { createServer } from 'node:http';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { webhookSecret } from '../../packages/server/src/app/webhook-secret.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';
import { person, SECRET } from '../world.ts';

interface Post {
  readonly url: string;
  readonly mails: ParsedMail[];
  /** Replaces the answer to RCPT TO or DATA; undefined accepts. */
  answer: { rcpt?: (address: string) => Error | undefined; data?: () => Error | undefined };
  close(): Promise<void>;
}

const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

async function startPost(options: SMTPServerOptions = {}): Promise<Post> {
  const mails: ParsedMail[] = [];
  const post: { answer: Post['answer'] } = { answer: {} };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    ...options,
    onRcptTo: (address, _session, done) => done(post.answer.rcpt?.(address.address)),
    onData(stream, _session, done) {
      simpleParser(stream).then((mail) => {
        const refused = post.answer.data?.();
        if (refused === undefined) mails.push(mail);
        done(refused);
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return Object.assign(post, {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  });
}

const to = (mail: ParsedMail): string => (mail.to as AddressObject).value[0]?.address ?? '';
const task = (id: string, more: object = {}) =>
  taskEvent('assigned', { id, title: `Tâche №${id} — 完成`, assignee: 'ana', requester: 'sam', ...more });

describe('over real SMTP', () => {
  let post: Post;
  let server: TestServer;
  beforeAll(async () => {
    post = await startPost();
    server = await startTestServer({ channels: { smtpUrl: post.url, mailFrom: 'Acme <acme@mail.acme.test>' } });
    await furnish(server);
  });
  afterAll(async () => {
    await server.end();
    await post.close();
  });
  afterEach(() => {
    post.mails.length = 0;
    post.answer = {};
  });

  it('sends one mail that says what it is, and stops when the link in it is used', async () => {
    const { followUps } = await server.client.events.send(task('1'));
    await server.advance('1 minute');
    expect(post.mails).toHaveLength(1);
    const [mail] = post.mails as [ParsedMail];
    expect(to(mail)).toBe('ana@example.test');
    expect(mail.subject).toBe('Tâche №1 — 完成');
    expect(mail.from?.value[0]).toMatchObject({ name: 'Acme', address: 'acme@mail.acme.test' });
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('list')).toMatchObject({ id: { id: 'task.mail.acme.test' } });
    expect(mail.text).toContain('Tâche №1 — 完成');
    expect(mail.html).toContain('Tâche №1 — 完成');
    const messages = (await server.client.followUps.messages(followUps[0]?.id ?? '')).items;
    const sent = messages.find((message) => message.channel === 'email');
    expect(mail.messageId).toBe(`<${sent?.id}@mail.acme.test>`);

    const link = /http:\/\/relance\.test(\/a\/[A-Za-z0-9_-]{22})/.exec(String(mail.html))?.[1] ?? '';
    const shown = await server.raw(link, { key: null });
    expect(shown.status).toBe(200);
    expect(await shown.text()).toContain('You are acting as Ana');
    expect((await server.client.followUps.get(followUps[0]?.id ?? '')).status).toBe('open'); // GET changes nothing
    const acted = await server.raw(link, { key: null, method: 'POST' });
    expect(acted.status).toBe(200);
    expect((await server.client.followUps.get(followUps[0]?.id ?? '')).acknowledgedBy).toBe('ana');
    post.mails.length = 0;
    await server.advance('2 days');
    expect(post.mails).toEqual([]); // silence while somebody has it
    await server.client.events.send(taskEvent('done', { id: '1' }));
    await server.advance('1 minute');
    expect(post.mails.map(to).sort()).toEqual(['ana@example.test', 'sam@example.test']);
    expect(post.mails.every((confirmation) => confirmation.subject?.startsWith('Done: '))).toBe(true);
    post.mails.length = 0;
    await server.advance('30 days');
    expect(post.mails).toEqual([]);
  });

  it('tries again when the server says 4xx, with the same Message-ID', async () => {
    let refused = 0;
    post.answer.data = () => (refused++ < 2 ? refusal(451, 'try again later') : undefined);
    const { followUps } = await server.client.events.send(task('2'));
    await server.advance('10 minutes');
    expect(refused).toBe(3);
    expect(post.mails).toHaveLength(1);
    const timeline = (await server.client.followUps.timeline(followUps[0]?.id ?? '')).items;
    expect(timeline.filter((entry) => entry.kind === 'message_retried')).toHaveLength(2);
    await server.client.followUps.command(followUps[0]?.id ?? '', 'cancel');
  });

  it('records a 5xx as failed with its reason, and the follow-up goes on', async () => {
    post.answer.rcpt = (address) => (address === 'ana@example.test' ? refusal(550, 'no such user here') : undefined);
    const { followUps } = await server.client.events.send(task('3'));
    const id = followUps[0]?.id ?? '';
    await server.advance('1 minute');
    const failed = (await server.client.followUps.messages(id)).items.find((message) => message.channel === 'email');
    expect(failed).toMatchObject({ status: 'failed', reason: 'provider_rejected' });
    await server.advance('4 days');
    expect(post.mails.map(to)).toEqual(['bo@example.test']); // the reminder failed too, the escalation reached the manager
    await server.client.followUps.command(id, 'cancel');
  });

  it('gives up after the last try and says so', async () => {
    post.answer.data = () => refusal(421, 'busy');
    const { followUps } = await server.client.events.send(task('4'));
    await server.advance('12 hours');
    const message = (await server.client.followUps.messages(followUps[0]?.id ?? '')).items.find(
      (one) => one.channel === 'email',
    );
    expect(message).toMatchObject({ status: 'failed', reason: 'retries_exhausted', attempts: 8 });
    await server.client.followUps.command(followUps[0]?.id ?? '', 'cancel');
  });

  it('cannot be made to add a header or a recipient by what an event says', async () => {
    await server.client.recipients.put('eve', { name: 'Eve\r\nBcc: victim@example.test', email: 'eve@example.test' });
    await server.client.events.send(
      taskEvent('assigned', {
        id: 'inject',
        title: 'Hello\r\nBcc: victim@example.test\r\n\r\n<h1>x</h1>',
        assignee: 'eve',
        requester: 'sam',
      }),
    );
    await server.advance('1 minute');
    expect(post.mails).toHaveLength(1);
    const [mail] = post.mails as [ParsedMail];
    expect((mail.to as AddressObject).value.map((one) => one.address)).toEqual(['eve@example.test']);
    expect(mail.bcc).toBeUndefined();
    expect(mail.html).not.toContain('<h1>x</h1>');
  });
});

describe('a server that hangs up after the message', () => {
  it('is uncertain: shown, not sent again, and the next channel carries on', async () => {
    const cut = await startCuttingPost();
    const server = await startTestServer({ channels: { smtpUrl: cut.url, mailFrom: 'acme@mail.acme.test' } });
    await furnish(server);
    const { followUps } = await server.client.events.send(task('5'));
    await server.advance('1 hour');
    const message = (await server.client.followUps.messages(followUps[0]?.id ?? '')).items.find(
      (one) => one.channel === 'email',
    );
    expect(message).toMatchObject({ status: 'uncertain', attempts: 1 });
    expect(cut.received()).toBe(1);
    await server.end();
    await cut.close();
  });
});

/** Speaks just enough SMTP to take a whole message, and hangs up without an answer. */
async function startCuttingPost(): Promise<{ url: string; received: () => number; close: () => Promise<void> }> {
  const { createServer: createTcp } = await import('node:net');
  let received = 0;
  const server = createTcp((socket) => {
    let inData = false;
    let text = '';
    socket.on('error', () => {});
    socket.write('220 cut.test ESMTP\r\n');
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (inData) {
        if (!text.includes('\r\n.\r\n')) return;
        received += 1;
        socket.destroy();
        return;
      }
      for (let end = text.indexOf('\r\n'); end >= 0 && !inData; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end).toUpperCase();
        text = text.slice(end + 2);
        if (line === 'DATA') inData = true;
        socket.write(line.startsWith('EHLO') ? '250 cut.test\r\n' : line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    received: () => received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe('webhooks', () => {
  it('are signed so that the official verifier accepts them, retried on 500, and stop on 410', async () => {
    const seen: { headers: Record<string, string>; body: string }[] = [];
    const answers = [500, 200, 410];
    const endpoint = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        seen.push({ headers: request.headers as Record<string, string>, body });
        response.writeHead(answers[seen.length - 1] ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as { port: number };
    const server = await startTestServer({ channels: { allowHosts: ['127.0.0.1'] } });
    await furnish(server);
    await server.client.recipients.put('hook', {
      name: 'A system',
      endpoints: [{ channel: 'webhook', address: `http://127.0.0.1:${port}/in` }],
    });
    await server.client.policies.put(
      'hooked',
      `
policy: hooked
open: { on: com.acme.hook }
key: event.data.id
assignee: event.data.assignee
stages: [{ id: notice, at: opened, notify: { via: [webhook] } }, { id: again, at: opened + 1 day, notify: { via: [webhook] } }]
`,
    );
    const { followUps } = await server.client.events.send({
      specversion: '1.0',
      id: 'h1',
      source: '/t',
      type: 'com.acme.hook',
      data: { id: 'h', assignee: 'hook' },
    });
    await server.advance('1 hour');
    expect(seen).toHaveLength(2);
    expect(seen[0]?.headers['webhook-id']).toBe(seen[1]?.headers['webhook-id']);
    const verifier = new Webhook(webhookSecret(SECRET, 'default'));
    expect(verifier.verify(seen[1]?.body ?? '', seen[1]?.headers ?? {})).toMatchObject({
      type: 'relance.message',
      data: { followUp: { key: 'h' }, recipient: { id: 'hook' } },
    });
    expect(() => verifier.verify(`${seen[1]?.body} `, seen[1]?.headers ?? {})).toThrow();
    await server.advance('1 day');
    const messages = (await server.client.followUps.messages(followUps[0]?.id ?? '')).items;
    expect(messages.map((message) => message.status).sort()).toEqual(['accepted', 'failed']);
    await server.end();
    await new Promise<void>((resolve) => endpoint.close(() => resolve()));
  });

  it('never reach an inside address that nobody allowed', async () => {
    let reached = 0;
    const sentinel = createServer((_request, response) => {
      reached += 1;
      response.end();
    });
    await new Promise<void>((resolve) => sentinel.listen(0, '127.0.0.1', resolve));
    const { port } = sentinel.address() as { port: number };
    const server = await startTestServer();
    await furnish(server);
    await server.client.policies.put(
      'hooked',
      'policy: hooked\nopen: { on: com.acme.hook }\nkey: event.data.id\nassignee: event.data.assignee\nstages: [{ id: notice, at: opened, notify: { via: [webhook] } }]\n',
    );
    const hosts = [
      '127.0.0.1',
      'localhost',
      'localhost.',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '127.1',
      '2130706433',
      '0x7f000001',
      '169.254.169.254',
      '10.0.0.1',
    ];
    for (const [index, host] of hosts.entries()) {
      const id = `inside-${index}`;
      const endpoints = [{ channel: 'webhook', address: `http://${host}:${port}/` }] as const;
      await expect(server.client.recipients.put(id, { name: host, endpoints })).rejects.toMatchObject({ status: 400 });
      // One that was written while an operator still allowed the host.
      const { database } = server.relance.engine.engine;
      await database.transaction(ENGINE, (tx) => putRecipients(tx, 'default', [person({ id, name: host, endpoints })]));
      await server.client.events.send({
        specversion: '1.0',
        id: `in-${index}`,
        source: '/t',
        type: 'com.acme.hook',
        data: { id: `in-${index}`, assignee: `inside-${index}` },
      });
    }
    // An event that brings such an address along opens without it.
    const who = { id: 'stranger', endpoints: [{ channel: 'webhook', address: 'http://10.0.0.1/' }] };
    const data = { id: 'in-event', assignee: who };
    const told = await server.client.events.send({ ...taskEvent('assigned', {}), type: 'com.acme.hook', data });
    const [begun] = told.followUps;
    const { items } = await server.client.followUps.timeline(begun?.id ?? '');
    expect(items[0]?.text).toContain(
      'A webhook of recipient "stranger" was left out: 10.0.0.1 is not a public address',
    );
    expect(await server.client.recipients.get('stranger')).toMatchObject({ endpoints: [] });
    await server.advance('1 minute');
    expect(reached).toBe(0);
    const all = (await server.client.messages.list({ channel: 'webhook', limit: 100 })).items;
    const failed = all.filter(({ recipient }) => recipient !== 'stranger');
    expect(failed.map((message) => message.status)).toEqual(hosts.map(() => 'failed'));
    await server.end();
    await new Promise<void>((resolve) => sentinel.close(() => resolve()));
  });
});
