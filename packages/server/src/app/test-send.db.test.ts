// A test of a template into an inbox: one at a time, at the time when it is sent, with nothing to be acted on, for nobody who is erased
// and nobody of another tenant, and gone after a week.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { Sweep } from '../engine/sweep.ts';
import { ENGINE, type Tx } from '../store/database.ts';
import { deleteProfile, lockProfile } from '../store/sql/erase-person.ts';

const PAY = { inbox: { title: 'Pay', body: '{{ now }}' } };
let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());
beforeEach(() => http.world.people([{ id: 'ana' }, { id: 'bo' }]));

const send = async (address: string, more: object = {}, headers = {}) =>
  (await http.call('POST', '/v1/templates/pay/test', { template: PAY, channel: 'inbox', address, ...more }, headers))
    .body.outcome;
const engine = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => http.world.database.transaction(ENGINE, work);
const kept = (recipient: string) =>
  engine((tx) =>
    tx.query<{ at: number; read_at: number | null; archived_at: number | null; body: string; url: string | null }>(
      'SELECT at, read_at, archived_at, body, url FROM relance.inbox WHERE recipient = $1 ORDER BY seq',
      [recipient],
    ),
  );
/** A row is waited for by whoever is first in its queue, which has a lock of its own. */
const waitedFor = () =>
  engine((tx) =>
    tx.query(`SELECT FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database()
      WHERE locktype = 'tuple' AND relation = 'relance.recipients'::regclass`),
  );

it('is there now, whatever time its words speak of', async () => {
  const now = await http.world.node.clock.now();
  for (const at of ['2027-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z']) {
    expect(await send('ana', { at })).toMatchObject({ kind: 'accepted' });
    expect((await kept('ana')).at(-1)).toMatchObject({ at: now, archived_at: null, body: at });
  }
  expect(await kept('ana')).toMatchObject([{ archived_at: now }, { archived_at: null }]);
});

it('cannot be acted on, and is not read by trying; it can be read and archived', async () => {
  const { providerId: id } = await send('ana');
  const { token } = (await http.call('POST', '/v1/recipients/ana/tokens', {})).body;
  const mine = (path: string, body?: object) =>
    http.call('POST', `/v1/inbox/${id}/${path}`, body, { authorization: `Bearer ${token}` });
  for (const action of ['resolve', 'decline', 'of the policy'])
    expect(await mine('act', { action })).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', detail: expect.stringContaining('This is a test of a template') },
    });
  const [item] = (await kept('ana')).slice(-1);
  expect(item).toMatchObject({ read_at: null, archived_at: null });
  expect((await mine('read')).body).toMatchObject({ id, followUp: id, readAt: expect.any(String), archivedAt: null });
  expect((await mine('archive')).body).toMatchObject({ archivedAt: expect.any(String) });
});

it('leads nowhere but to a web address', async () => {
  for (const [url, leads] of [
    ['https://acme.test/pay', 'https://acme.test/pay'],
    ['javascript:alert(1)', null],
    [7, null],
    [{ toString: 'x' }, null],
  ] as const) {
    expect(await send('ana', { subject: { url } })).toMatchObject({ kind: 'accepted' });
    expect((await kept('ana')).at(-1)?.url).toBe(leads);
  }
});

it('is one at a time, however many are sent at once', async () => {
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => send('bo')));
  expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'accepted'));
  const all = await kept('bo');
  expect(all.filter((one) => one.archived_at === null)).toHaveLength(1);
  expect(all).toHaveLength(2);
});

it('is for nobody who is erased while it is sent', async () => {
  const cleo = { tenant: 'default', recipient: 'cleo' };
  await http.world.people([{ id: 'cleo' }]);
  let late: Promise<unknown> = Promise.resolve();
  await engine(async (tx) => {
    await lockProfile(tx, cleo);
    late = send('cleo');
    await expect.poll(waitedFor).toHaveLength(1);
    await deleteProfile(tx, cleo);
  });
  expect(await late).toEqual({ kind: 'rejected', detail: 'there is no recipient "cleo"' });
  expect(await kept('cleo')).toEqual([]);
});

it('is for nobody of another tenant', async () => {
  const authorization = `Bearer ${await http.key('other')}`;
  expect(await send('ana', {}, { authorization })).toEqual({
    kind: 'rejected',
    detail: 'there is no recipient "ana"',
  });
  await http.call('PUT', '/v1/recipients/theirs', {}, { authorization });
  expect(await send('theirs', {}, { authorization })).toMatchObject({ kind: 'accepted' });
  expect(await send('theirs')).toMatchObject({ kind: 'rejected' });
  expect(await kept('theirs')).toHaveLength(1);
});

it('is gone after a week, whatever was done with it', async () => {
  const prune = () => new Sweep(http.world.node.engine, http.world.node.consents).prune();
  await http.world.people([{ id: 'dora' }]);
  for (let n = 0; n < 2; n++) await send('dora');
  await http.world.advance('6 days');
  await send('ana');
  await prune();
  expect(await kept('dora')).toHaveLength(2);
  await http.world.advance('2 days');
  await prune();
  expect(await kept('dora')).toEqual([]);
  expect(await kept('ana')).toMatchObject([{ archived_at: null }]);
});
