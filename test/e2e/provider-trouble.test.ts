// Providers that misbehave, over real sockets: they accept and never answer, drip a byte now and then, reset, or ask for
// patience. Other channels and other connections go on unslowed, nothing is lost, and everything ends in a state that is
// shown. Leases are short here, so that "never" is over soon.
import { createServer as createWebServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Channel, Instant } from '@relance/core';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { webhookSecret } from '../../packages/server/src/app/webhook-secret.ts';
import type { Connection } from '../../packages/server/src/channels/channel.ts';
import { smtpConnection } from '../../packages/server/src/channels/providers/smtp.ts';
import { standardWebhookConnection } from '../../packages/server/src/channels/providers/standard-webhook.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, eventOf, recorder, SECRET, type World } from '../world.ts';

const LEASE_MS = 600;
const FROM = 'Acme <acme@example.test>';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  // Servers first: what still waits for an answer is cut off, and the world ends at once.
  for (const end of ends.splice(0)) await end();
});
const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
};

/** A TCP server that does to each connection what it is told; never more. */
async function raw(behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    behave(socket);
  });
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return listen(server);
}

/** An endpoint that answers as it is told, and keeps the ids it has accepted. */
async function endpoint(answer: (request: IncomingMessage, response: ServerResponse, calls: number) => boolean) {
  const accepted: string[] = [];
  let calls = 0;
  const server = createWebServer((request, response) => {
    request.resume().on('end', () => {
      if (answer(request, response, ++calls)) accepted.push(String(request.headers['webhook-id']));
    });
  });
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  return { accepted, url, calls: () => calls };
}
const good = () =>
  endpoint((_request, response) => {
    response.writeHead(204).end();
    return true;
  });

/** A mail server that takes everything. */
async function mailServer(): Promise<{ readonly url: string; readonly to: string[] }> {
  const to: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onData(stream, session, done) {
      stream.resume().on('end', () => {
        to.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });
  ends.push(() => new Promise<void>((resolve) => server.close(resolve)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `smtp://127.0.0.1:${(server.server.address() as { port: number }).port}`, to };
}

const webhooks = (): Connection =>
  standardWebhookConnection({
    allowHosts: ['127.0.0.1'],
    secretFor: (tenant) => webhookSecret(SECRET, tenant),
    clock: () => Date.now() as Instant,
  });

async function begin(connections: readonly Connection[], via: string, leaseMs = LEASE_MS): Promise<World> {
  const byChannel = new Map<Channel, Connection[]>();
  for (const one of connections) byChannel.set(one.channel, [...(byChannel.get(one.channel) ?? []), one]);
  const world = await createWorld({ engine: { connections: byChannel, leaseMs } });
  ends.push(
    () => Promise.all(connections.map((one) => one.close())),
    () => world.end(),
  );
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: event.data.who
stages: [{ id: notice, at: opened, notify: { via: [${via}] } }]
`);
  return world;
}

const hook = (id: string, address: string) => ({
  id,
  email: `${id}@example.test`,
  endpoints: [{ channel: 'webhook', address }],
});
const open = (world: World, who: string) => world.event('task', { id: `for-${who}`, who });
const messagesOf = (
  world: World,
): Promise<{ recipient: string; channel: string; status: string; reason: string; attempts: number }[]> =>
  world.database.transaction(ENGINE, (tx) =>
    tx.query(`SELECT recipient, channel, status, reason, attempts FROM relance.outbox UNION ALL
      SELECT recipient, channel, status, reason, attempts FROM relance.messages ORDER BY recipient, channel`),
  );
const kindsOf = async (world: World, who: string): Promise<string[]> => {
  const [row] = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ id: string }>('SELECT id FROM relance.follow_ups WHERE key = $1', [`for-${who}`]),
  );
  return (await world.timeline(row?.id ?? '')).map(({ kind, reason }) => `${kind} ${reason}`);
};

/** How many claims have found something from now on. */
function countingClaims(world: World): () => number {
  let claims = 0;
  const { database } = world.node.engine;
  const { transaction } = database;
  database.transaction = (scope, work) =>
    transaction(scope, (tx) =>
      work({
        async query<R>(text: string, values?: readonly unknown[]): Promise<R[]> {
          const rows = await tx.query<R>(text, values);
          if (text.includes(`SET status = 'leased'`) && rows.length > 0) claims += 1;
          return rows;
        },
      }),
    );
  ends.unshift(async () => {
    database.transaction = transaction;
  });
  return () => claims;
}

describe('a webhook endpoint that never answers', () => {
  it('holds up no mail: all of it leaves while it has every place that one host may have', {
    timeout: 60_000,
  }, async () => {
    const never = await raw(() => {});
    const mails = await mailServer();
    const chat = recorder('chat');
    const world = await begin(
      [webhooks(), smtpConnection({ url: mails.url, from: FROM }), chat.connection],
      'webhook, email',
      30_000,
    );
    const stuck = Array.from({ length: 40 }, (_, index) => hook(`stuck${index}`, `http://127.0.0.1:${never}/`));
    const others = Array.from({ length: 60 }, (_, index) => ({ id: `p${index}`, email: `p${index}@example.test` }));
    await world.people([...stuck, ...others]);
    for (const { id } of [...stuck, ...others]) await open(world, id);
    world.node.start();
    await vi.waitFor(() => expect(mails.to).toHaveLength(100), { timeout: 30_000, interval: 20 });
    // None of the webhooks has come to an end by then: nobody waited for one.
    const hooks = (await messagesOf(world)).filter(
      ({ channel, recipient }) => channel === 'webhook' && recipient.startsWith('stuck'),
    );
    expect(hooks.filter(({ status }) => status === 'accepted' || status === 'failed')).toEqual([]);
    expect(new Set(mails.to).size).toBe(100); // nobody twice
  });

  it('and fills its quarter of the places does not make other channels go in small steps', {
    timeout: 60_000,
  }, async () => {
    const claims = async (stuck: number): Promise<number> => {
      const seen = { connections: 0 };
      const never = await raw(() => {
        seen.connections += 1;
      });
      const chat = recorder('chat');
      const world = await begin([webhooks(), chat.connection], 'webhook, chat', 30_000);
      const people = Array.from({ length: 300 }, (_, index) => `p${index}`);
      await world.people([
        ...Array.from({ length: stuck }, (_, index) => hook(`stuck${index}`, `http://127.0.0.1:${never}/`)),
        ...people.map((id) => ({ id, endpoints: [{ channel: 'chat', address: id }] })),
      ]);
      for (let index = 0; index < stuck; index++) await open(world, `stuck${index}`);
      world.node.start();
      await vi.waitFor(() => expect(seen.connections).toBe(stuck), { timeout: 20_000, interval: 20 });
      const counted = countingClaims(world);
      await world.node.ingest.submit(
        'default',
        people.map((who) => eventOf('task', { id: who, who })),
      );
      await vi.waitFor(() => expect(chat.sent).toHaveLength(people.length), { timeout: 30_000, interval: 20 });
      return counted();
    };
    const alone = await claims(0);
    const beside = await claims(10);
    // A slot is claimed at once, give or take a pass that began before all was there.
    expect(beside).toBeLessThan(alone * 2);
  });

  it('and one that drips, resets or is down for good: tried again and again, then the next channel, and all of it is told', {
    timeout: 120_000,
  }, async () => {
    const never = await raw(() => {});
    const drip = await raw((socket) => {
      let sent = 0;
      const dripping = setInterval(() => socket.write('HTTP/1.1 200 OK\r\nx-more: '[sent++] ?? 'x'), 150);
      socket.on('close', () => clearInterval(dripping));
    });
    const reset = await raw((socket) => socket.once('data', () => void socket.resetAndDestroy()));
    const down = await endpoint((_request, response) => {
      response.writeHead(503).end();
      return false;
    });
    const well = await good();
    const mails = await mailServer();
    const world = await begin(
      [webhooks(), smtpConnection({ url: mails.url, from: FROM })],
      'webhook, { channel: email, else: true }',
    );
    const troubles = {
      never: `http://127.0.0.1:${never}/`,
      drip: `http://127.0.0.1:${drip}/`,
      reset: `http://127.0.0.1:${reset}/`,
      down: down.url,
    };
    await world.people([...Object.entries(troubles).map(([id, url]) => hook(id, url)), hook('well', well.url)]);
    for (const id of [...Object.keys(troubles), 'well']) await open(world, id);
    await world.settle();
    // Before anybody is given up, who is well has been told, once.
    expect(well.accepted).toHaveLength(1);
    expect(mails.to).toEqual([]);
    await world.advance('30 days');
    const messages = await messagesOf(world);
    for (const id of Object.keys(troubles)) {
      const [mail, webhook] = messages.filter(({ recipient }) => recipient === id);
      expect({ id, webhook }).toMatchObject({ webhook: { status: 'failed', reason: 'retries_exhausted' } });
      expect(webhook?.attempts).toBeGreaterThan(2);
      expect(mail).toMatchObject({ channel: 'email', status: 'accepted', reason: 'channel_failed' });
      const kinds = await kindsOf(world, id);
      expect(kinds).toContain('message_retried provider_retry');
      expect(kinds.slice(-2)).toEqual(['message_failed retries_exhausted', 'message_sent channel_failed']);
    }
    expect(mails.to.sort()).toEqual(
      Object.keys(troubles)
        .map((id) => `${id}@example.test`)
        .sort(),
    );
    expect(well.accepted).toHaveLength(1);
  });

  it('loses nothing when it recovers: told once it answers, as patient as it asked for', {
    timeout: 60_000,
  }, async () => {
    let away = true;
    const busy = await endpoint((_request, response) => {
      if (away) response.writeHead(429, { 'retry-after': '7200' }).end();
      else response.writeHead(200).end();
      return !away;
    });
    const world = await begin([webhooks()], 'webhook');
    await world.people([hook('ana', busy.url), hook('bo', busy.url)]);
    await open(world, 'ana');
    await world.settle();
    await open(world, 'bo');
    await world.settle();
    expect(busy.calls()).toBe(1); // the other one waits with it, without asking
    await world.advance('119 minutes');
    expect(busy.calls()).toBe(1); // it asked for two hours
    away = false;
    await world.advance('2 hours');
    expect(new Set(busy.accepted).size).toBe(2);
    expect(busy.accepted).toHaveLength(2);
    expect((await messagesOf(world)).map(({ status }) => status)).toEqual(['accepted', 'accepted']);
  });
});

describe('a mail server', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `p${index}`,
      email: `p${index}@example.test`,
      phone: `+3460000000${index}`,
    }));
  it.each([
    ['accepts and says nothing', () => {}, false],
    [
      'greets a letter at a time',
      (socket: Socket) => {
        let sent = 0;
        const dripping = setInterval(() => socket.write('220 mail.example.test'[sent++] ?? ' '), 150);
        socket.on('close', () => clearInterval(dripping));
      },
      false,
    ],
    ['resets', (socket: Socket) => void socket.resetAndDestroy(), true],
    ['is too busy', (socket: Socket) => void socket.end('421 try again later\r\n'), true],
  ] as readonly (readonly [string, (socket: Socket) => void, boolean])[])(
    'that %s holds up no text message, and what it never took goes by the next channel',
    { timeout: 120_000 },
    async (_what, behave, quick) => {
      const port = await raw(behave);
      const sms = recorder('sms');
      const chat = recorder('chat');
      const world = await begin(
        [smtpConnection({ url: `smtp://127.0.0.1:${port}`, from: FROM }), sms.connection, chat.connection],
        'email, sms, { channel: chat, else: true }',
      );
      await world.people(people(1));
      for (const { id } of people(1)) await open(world, id);
      await world.settle();
      expect(sms.sent.map(({ recipient }) => recipient.id).sort()).toEqual(['p0']);
      // As long as it is tried again the timeline says so; in the end it is given up, and that is told as well.
      await world.advance(quick ? '3 days' : '30 seconds');
      const [mail] = (await messagesOf(world)).filter(({ channel }) => channel === 'email');
      expect(mail).toMatchObject(quick ? { status: 'failed', reason: 'retries_exhausted' } : { status: 'deferred' });
      expect(mail?.attempts).toBeGreaterThan(1);
      const kinds = await kindsOf(world, 'p0');
      expect(kinds).toContain('message_retried provider_retry');
      expect(kinds.includes('message_failed retries_exhausted')).toBe(quick);
      expect(chat.sent).toEqual([]); // a text message has reached them
    },
  );

  it('that falls silent after the message may have it: uncertain, shown, and not sent blindly again', {
    timeout: 60_000,
  }, async () => {
    let taken = 0;
    const port = await raw((socket) => {
      let inData = false;
      socket.write('220 hello\r\n');
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
          if (line === 'DATA') inData = true;
          else if (line === '.') taken += 1;
          if (line === '.') return; // nothing more is heard of it
          if (line === 'DATA' || !inData) socket.write(line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
        }
      });
    });
    const chat = recorder('chat');
    const world = await begin(
      [smtpConnection({ url: `smtp://127.0.0.1:${port}`, from: FROM }), chat.connection],
      'email, { channel: chat, else: true }',
    );
    await world.people([{ id: 'ana', email: 'ana@example.test', endpoints: [{ channel: 'chat', address: 'C1' }] }]);
    await open(world, 'ana');
    await world.settle();
    await world.advance('3 days');
    expect(taken).toBe(1);
    expect(await messagesOf(world)).toMatchObject([
      { channel: 'chat', status: 'accepted', reason: 'channel_failed' },
      { channel: 'email', status: 'uncertain' },
    ]);
    expect(await kindsOf(world, 'ana')).toContain('message_uncertain provider_uncertain');
  });
});
