// The activity of recipients over HTTP: told, read back page by page, each tenant its own; and a condition that asks for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  for (const id of ['ana', 'bo']) await http.call('PUT', `/v1/recipients/${id}`, { email: `${id}@example.test` });
});
afterAll(() => http.end());

const tell = (id: string, body: unknown) => http.call('POST', `/v1/recipients/${id}/activity`, body as object);
const told = (id: string, query = '') => http.call('GET', `/v1/recipients/${id}/activity${query}`);

describe('activity', () => {
  it('is one or many, newest first, in pages, by type', async () => {
    const at = (day: number): string => `2026-10-0${day}T09:00:00.000Z`;
    expect(await tell('ana', { type: 'login' })).toMatchObject({ status: 202, body: { accepted: 1 } });
    const views = [1, 2, 3].map((day) => ({ type: 'viewed', at: at(day), data: { day }, location: { city: 'Lyon' } }));
    expect((await tell('ana', views)).body).toEqual({ accepted: 3 });
    const first = (await told('ana', '?limit=2')).body;
    expect(first.items.map(({ type, at: when }: { type: string; at: string }) => `${type} ${when}`)).toEqual([
      'login 2026-11-02T09:00:00.000Z',
      `viewed ${at(3)}`,
    ]);
    const second = (await told('ana', `?limit=2&cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    expect(second.items).toMatchObject([
      { data: { day: 2 } },
      { data: { day: 1 }, location: { city: 'Lyon' }, source: null },
    ]);
    expect((await told('ana', '?type=login')).body.items).toHaveLength(1);
    expect((await told('bo')).body.items).toEqual([]);
  });
  it('of one instant is newest which was told last, whatever its id, together or one by one', async () => {
    await http.call('PUT', '/v1/recipients/cleo', { email: 'cleo@example.test' });
    const at = '2026-10-05T09:00:00Z';
    const ids = ['c', '1', 'f', '0', '7'].map((sign) => `0198c000-0000-7000-8000-00000000000${sign}`);
    await tell(
      'cleo',
      ids.slice(0, 3).map((id, page) => ({ id, type: 'viewed', at, data: { page } })),
    );
    for (const [index, id] of ids.slice(3).entries())
      await tell('cleo', { id, type: 'viewed', at, data: { page: 3 + index } });
    const first = (await told('cleo', '?limit=2')).body;
    const second = (await told('cleo', `?cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    const pages = [...first.items, ...second.items].map(({ data }: { data: { page: number } }) => data.page);
    expect(pages).toEqual([4, 3, 2, 1, 0]);
    const template = { sms: { text: 'page {{ activity.last.viewed.data.page }}' } };
    const body = { channel: 'sms', recipient: 'cleo', template };
    const seen = await http.call('POST', '/v1/templates/new/preview', body);
    expect(seen.body.content.text).toBe('page 4');
  });
  it('from before the order was kept comes after what was told since, and is paged through once', async () => {
    await http.call('PUT', '/v1/recipients/dan', { email: 'dan@example.test' });
    const at = '2026-10-06T09:00:00Z';
    const ids = [1, 2, 3, 4].map((sign) => `0198c000-0000-7000-8000-00000000010${sign}`);
    await tell(
      'dan',
      ids.map((id) => ({ id, type: 'viewed', at })),
    );
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query('UPDATE relance.activities SET arrival = NULL WHERE id = ANY($1::uuid[])', [ids.slice(1)]),
    );
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await told('dan', `?limit=1${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual([ids[0], ids[3], ids[2], ids[1]]);
  });
  it('told twice with its id is kept once, and from the future has happened now', async () => {
    const one = { id: '0198c000-0000-7000-8000-000000000001', type: 'paid', at: '2026-11-01T09:00:00Z' };
    await tell('bo', [one, one]);
    await tell('bo', one);
    await tell('bo', { type: 'paid', at: '2036-01-01T00:00:00Z' });
    expect((await told('bo')).body.items.map(({ at }: { at: string }) => at)).toEqual([
      '2026-11-02T09:00:00.000Z',
      '2026-11-01T09:00:00.000Z',
    ]);
  });
  it('told again with its id is kept once, also when nobody said when it was', async () => {
    const one = { id: '0198c000-0000-7000-8000-000000000002', type: 'seen' };
    await tell('bo', one);
    await http.world.advance('1 minute');
    expect((await tell('bo', one)).status).toBe(202);
    await tell('bo', [one, { ...one, at: '2036-01-01T00:00:00Z' }]);
    expect((await told('bo', '?type=seen')).body.items).toHaveLength(1);
  });
  it.each([
    [{ type: '' }],
    [{ type: 'x', at: 'yesterday' }],
    [{ type: 'x', location: { street: 'y' } }],
    [{ type: 'x', data: 'y'.repeat(17_000) }],
    [[]],
    [{ data: {} }],
  ])('that cannot be read is refused: %j', async (body) => {
    expect((await tell('ana', body)).status).toBe(400);
  });
  it('of nobody is not found', async () => {
    expect((await tell('nobody', { type: 'x' })).body.code).toBe('not_found');
    expect((await told('nobody')).body.code).toBe('not_found');
  });
  it('that an event told is said in its answer and in its record: it had an effect, though no policy is about it', async () => {
    await http.world.database.transaction(ENGINE, (tx) =>
      putTenantSettings(tx, 'default', { activity: [{ on: 'shop.*', recipient: 'event.data.customer' }] }),
    );
    const event = (id: string, data: object) => ({
      specversion: '1.0',
      id,
      source: '/shop',
      type: 'shop.viewed',
      data,
    });
    const batch = [event('v1', { customer: 'ana' }), event('v2', { page: 'nobody in it' })];
    const answer = await http.call('POST', '/v1/events', batch);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(answer.body.activities).toEqual([{ index: 0, recipient: 'ana', type: 'shop.viewed' }]);
    expect(answer.body.unmatched).toMatchObject([{ index: 1, code: 'no_policy_listens' }]);
    const [seen, idle] = await Promise.all(['v1', 'v2'].map((id) => http.call('GET', `/v1/events/${id}`)));
    expect(seen?.body).toMatchObject({ matched: false, activities: [{ recipient: 'ana', type: 'shop.viewed' }] });
    expect(seen?.body).not.toHaveProperty('why');
    expect(idle?.body).toMatchObject({ activities: [], why: expect.stringContaining('No published policy') });
    expect((await told('ana', '?type=shop.viewed')).body.items).toHaveLength(1);
  });
  it('decides whether a stage runs', async () => {
    const policy = {
      policy: 'offer',
      key: 'event.data.id',
      assignee: 'event.data.who',
      stages: [{ id: 'offer', at: 'opened', when: "activity.count('viewed', '60 days') >= 3 && size(pending) == 0" }],
    };
    expect((await http.call('PUT', '/v1/policies/offer', policy)).status).toBe(200);
    const open = async (who: string): Promise<string[]> => {
      const { body } = await http.call('POST', '/v1/follow-ups', { policy: 'offer', key: who, assignee: who });
      await http.world.settle();
      const { body: lines } = await http.call('GET', `/v1/follow-ups/${body.id}/timeline`);
      return lines.items.map(({ kind, reason }: { kind: string; reason: string }) => `${kind} ${reason}`);
    };
    expect(await open('ana')).toContain('stage_ran opened');
    expect(await open('bo')).toContain('stage_skipped condition_false');
  });
});
