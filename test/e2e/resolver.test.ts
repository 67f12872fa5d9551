// Targets that a resolver names, over the real engine and real HTTP: the question is signed and within its time, the answer is
// recorded and kept, and whatever is wrong with it leads to the fallback, never to silence.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResolverAnswer } from '../../packages/server/src/channels/resolve.ts';
import { httpResolver } from '../../packages/server/src/channels/resolver.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createWorld, toRfc3339, type World } from '../world.ts';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, yes').toString('base64')}`;
let world: World;
let server: Server;
let answer: (body: string, response: ServerResponse) => void;
let asked: { readonly headers: IncomingMessage['headers']; readonly body: string }[];

const say = (status: number, body: unknown) => (_asked: string, response: ServerResponse) => {
  response.statusCode = status;
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const resolverAt = (allowHosts: readonly string[]) =>
  httpResolver({ allowHosts, secretsFor: () => [SECRET], wallNow: () => Date.now() });

beforeEach(async () => {
  asked = [];
  answer = say(200, { recipients: ['bo'] });
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      asked.push({ headers: request.headers, body });
      answer(body, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  await world.end();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const urlOf = (path = '/owner') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
async function begin(
  written: Record<string, unknown> = {},
  { resolve = resolverAt(['127.0.0.1']), stage = 'to: [resolver(crm)]', policy = '' } = {},
): Promise<void> {
  world = await createWorld({ start: '2026-11-02T09:00:00Z', engine: { resolve } });
  await world.people(['ana', 'bo', 'cleo', 'dan'].map((id) => ({ id, email: `${id}@example.test`, timeZone: 'UTC' })));
  await world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { resolvers: { crm: { url: urlOf(), timeout: '1 second', ...written } } }),
  );
  await world.policy(`
policy: deal
open: { on: deal.made }
resolve: { on: deal.done }
key: event.data.id
${policy === '' ? `assignee: "'ana'"` : policy}
fallback: recipient(dan)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: owner, at: opened + 1 hour, escalate: { ${stage} }, notify: { via: [email] } }`);
}
async function open(id = '1', data: Record<string, unknown> = {}): Promise<string> {
  const [outcome] = await world.event('deal.made', { id, account: 'acme', ...data });
  await world.settle();
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
}
const lines = async (id: string): Promise<string[]> =>
  (await world.timeline(id))
    .filter(({ kind }) => ['waiting', 'looked_up', 'message_sent', 'alarm', 'escalated'].includes(kind))
    .map(({ kind, stage, reason, at }) => `${toRfc3339(at as never).slice(11, 16)} ${kind} ${stage} ${reason}`);

describe('a resolver', () => {
  it('is asked by a signed request about what it is about, and its answer is recorded and told', async () => {
    await begin();
    const id = await open('1', { amount: 7 });
    await world.advance('2 hours');
    expect(world.sent()).toEqual(['email ana notice', 'email bo owner']);
    expect(await lines(id)).toEqual([
      '09:00 message_sent notice opened',
      '10:00 waiting owner resolver_asked',
      '10:00 looked_up null resolver_answered',
      '10:00 escalated owner no_response',
      '10:00 message_sent owner no_response',
    ]);
    const [{ headers, body } = { headers: {}, body: '' }] = asked;
    const verified = new Webhook(SECRET).verify(body, headers as Record<string, string>) as { data: unknown };
    expect(verified).toMatchObject({
      type: 'relance.resolve',
      data: { resolver: 'crm', policy: 'deal', key: '1', assignee: 'ana', data: { account: 'acme', amount: 7 } },
    });
    const [row] = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ data: unknown }>(`SELECT data FROM relance.timeline WHERE follow_up_id = $1 AND kind = 'looked_up'`, [
        id,
      ]),
    );
    expect(row?.data).toEqual({ resolver: 'crm', to: ['bo'] });
    expect(await world.database.transaction(ENGINE, (tx) => tx.query('SELECT FROM relance.lookups'))).toEqual([]);
  });

  it('names the assignee of what opens', async () => {
    await begin({}, { policy: 'assignee: { target: resolver(crm) }', stage: 'to: [recipient(cleo)]' });
    await open();
    expect(world.sent()).toEqual(['email bo notice']);
    await world.advance('2 hours');
    expect(world.sent()).toEqual(['email bo notice', 'email cleo owner']);
    expect(asked).toHaveLength(1);
  });

  it('is not asked again while its answer is kept, and is when it is not', async () => {
    await begin({ cache: '90 minutes' }, { policy: 'assignee: { target: resolver(crm) }' });
    const id = await open();
    answer = say(200, { recipients: ['cleo'] });
    await world.advance('2 hours');
    expect(world.sent()).toEqual(['email bo notice', 'email bo owner']);
    expect(asked).toHaveLength(1);
    expect((await lines(id)).filter((line) => line.includes('looked_up'))).toHaveLength(1);
    await world.end();
    asked = [];
    answer = say(200, { recipients: ['bo'] });
    await begin({ cache: '0 minutes' }, { policy: 'assignee: { target: resolver(crm) }' });
    await open();
    answer = say(200, { recipients: ['cleo'] });
    await world.advance('2 hours');
    expect(world.sent()).toEqual(['email bo notice', 'email cleo owner']);
    expect(asked).toHaveLength(2);
  });

  it('is tried again when it is away for a moment, with the same id', async () => {
    await begin();
    await open();
    let tries = 0;
    answer = (body, response) => (++tries < 2 ? say(503, '') : say(200, { recipients: ['bo'] }))(body, response);
    await world.advance('2 hours');
    expect(world.sent()).toEqual(['email ana notice', 'email bo owner']);
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['answers nonsense', () => say(200, 'not JSON'), 'its answer is not'],
    ['answers with a list of its own', () => say(200, ['bo']), 'its answer is not'],
    ['refuses', () => say(404, ''), 'HTTP 404'],
    ['leads elsewhere', () => say(302, ''), 'redirects are not followed'],
    ['answers without end', () => say(200, `{"recipients": ["${'x'.repeat(70_000)}"]}`), 'too long'],
  ])('that %s is said to, and the fallback is told', async (_what, made, detail) => {
    await begin();
    answer = made();
    const id = await open();
    await world.advance('2 hours');
    expect(world.sent()).toEqual(['email ana notice', 'email dan owner']);
    expect(asked).toHaveLength(1);
    const told = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ data: { detail?: string; text?: string } }>(
        `SELECT data FROM relance.timeline WHERE follow_up_id = $1 AND reason = 'resolver_failed'`,
        [id],
      ),
    );
    expect(told.map(({ data }) => data.detail ?? data.text)).toEqual([
      expect.stringContaining(detail),
      expect.stringContaining('Resolver "crm" names nobody'),
    ]);
  });

  it('that never answers is given up after its tries', async () => {
    await begin();
    answer = () => {};
    await open();
    await world.advance('2 hours');
    expect(asked).toHaveLength(3);
    expect(world.sent()).toEqual(['email ana notice', 'email dan owner']);
  }, 40_000);

  it.each([
    ['at an address that is not public', {}, 'is not a public address'],
    ['that nobody has set', { url: undefined }, 'there is no resolver'],
  ])('%s is not asked at all', async (_what, written, detail) => {
    await begin({}, { resolve: resolverAt([]) });
    if ('url' in written)
      await world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { resolvers: {} }));
    const id = await open();
    await world.advance('2 hours');
    expect(asked).toEqual([]);
    expect(world.sent()).toEqual(['email ana notice', 'email dan owner']);
    expect(await lines(id)).toContain('10:00 alarm null resolver_failed');
    const [line] = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ data: { detail: string } }>(
        `SELECT data FROM relance.timeline WHERE follow_up_id = $1 AND kind = 'looked_up'`,
        [id],
      ),
    );
    expect(line?.data.detail).toContain(detail);
  });

  it('asked by a node that is lost is asked by another, and what the lost one hears later is not heard', async () => {
    await begin();
    await open();
    await world.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.clock SET story_at = story_at + interval '1 hour'`),
    );
    const late = Promise.withResolvers<ResolverAnswer>();
    const lost = world.another({ resolve: () => late.promise });
    const losing = lost.runAll();
    const claimed = () =>
      world.database.transaction(ENGINE, (tx) => tx.query('SELECT FROM relance.lookups WHERE tries = 1'));
    await expect.poll(claimed).toHaveLength(1);
    // As long after as the lease.
    await world.database.transaction(ENGINE, (tx) => tx.query('UPDATE relance.lookups SET try_at = clock_timestamp()'));
    // On a busy machine the other one may have to ask twice, a while later.
    const settled = async () => {
      await world.settle();
      return world.sent();
    };
    await expect.poll(settled, { timeout: 30_000 }).toEqual(['email ana notice', 'email bo owner']);
    late.resolve({ kind: 'answered', to: ['cleo'], holdsMs: 0 });
    await losing;
    await world.settle();
    await world.advance('1 day');
    expect(world.sent()).toEqual(['email ana notice', 'email bo owner']);
  });

  it("of somebody's own that throws has as many tries as one that is away", async () => {
    let tries = 0;
    const resolve = async () => {
      tries += 1;
      throw new Error('no idea');
    };
    await begin({}, { resolve });
    const id = await open();
    await world.advance('2 hours');
    expect(tries).toBe(3);
    expect(world.sent()).toEqual(['email ana notice', 'email dan owner']);
    expect(await lines(id)).toContain('10:00 alarm null resolver_failed');
  }, 40_000);

  it('that answers after somebody has responded is not heard', async () => {
    await begin();
    await open();
    answer = (body, response) => {
      void world.event('deal.done', { id: '1' }).then(() => say(200, { recipients: ['bo'] })(body, response));
    };
    await world.advance('1 day');
    expect(world.sent().filter((line) => line.includes('owner'))).toEqual([]);
    expect(world.sent()).toContain('email ana resolved');
  });
});
