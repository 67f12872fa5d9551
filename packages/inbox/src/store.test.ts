// The store of an inbox, against a server that says what the test wants: what comes, what comes twice and late, a line that is cut, a
// token that ends, and what its reader does, which shows at once and is taken back when it is refused.
import { waitAfter } from '@relance/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { item, page, ServerDouble, START, settle } from './server.test-kit.ts';
import type { InboxStore } from './store.ts';

const SECOND = 1_000;
const READ = { readAt: '2026-11-26T09:00:01.000Z' };
let server: ServerDouble;
let store: InboxStore;
beforeEach(() => {
  server = new ServerDouble();
  store = server.store();
});

const titles = () => store.getState().items.map(({ title }) => title);
const shown = (id: string) => store.getState().items.find((one) => one.id === id);
async function begin(...items: Parameters<typeof page>[0]): Promise<void> {
  server.list = page(items);
  store.start();
  await settle();
}
const streamsAskedFor = () => server.asked.filter(({ path }) => path.startsWith('/v1/inbox/stream'));

describe('a store', () => {
  it('shows what is there, and what comes, with a token and from where the list ended', async () => {
    expect(store.getState()).toMatchObject({ status: 'idle', items: [] });
    await begin(item(1));
    expect(titles()).toEqual(['Task 1']);
    expect(store.getState()).toMatchObject({ status: 'live', counts: { unread: 1, total: 1 }, arrived: [] });
    expect(streamsAskedFor()).toMatchObject([{ lastEventId: '7~', token: 'token-1' }]);
    await server.tell('message', item(2, { urgency: 'urgent' }), '8~');
    expect(titles()).toEqual(['Task 2', 'Task 1']);
    expect(store.getState()).toMatchObject({ counts: { unread: 2, total: 2, urgent: 1 }, arrived: ['i2'] });
    await server.tell('archived', item(2, { archivedAt: 'x' }), '9~');
    expect(titles()).toEqual(['Task 1']);
  });

  it('hears the same twice, and late, as once and in order', async () => {
    await begin(item(1), item(3, READ));
    await server.tell('message', item(3), '8~'); // from before it was read
    await server.tell('archived', item(1, { archivedAt: 'x' }), '9~');
    await server.tell('message', item(1), '10~');
    await server.tell('message', item(4), '12~');
    await server.tell('message', item(2), '12~11'); // committed later than what has a higher place
    await server.tell('message', item(4), '12~11');
    expect(titles()).toEqual(['Task 4', 'Task 3', 'Task 2']);
    expect(store.getState()).toMatchObject({ counts: { unread: 2, total: 3 }, arrived: ['i4', 'i2'] });
  });

  it('takes what stands in a line as it is, also where an editor has left a line separator in it', async () => {
    await begin();
    const title = 'Sign\u2028here\u2029please';
    await server.tell('message', item(1, { title }), '8~');
    expect(titles()).toEqual([title]);
  });

  it('goes on when a listener of the page throws, and does what was asked', async () => {
    await begin(item(1));
    let broken = true;
    store.subscribe(() => {
      if (broken) throw new Error('the page is broken');
    });
    let heard = 0;
    store.subscribe(() => void heard++);
    await server.tell('message', item(2), '8~');
    expect([titles(), heard, store.getState().status]).toEqual([['Task 2', 'Task 1'], 1, 'live']);
    const acted = store.act('i1', { action: 'resolve' });
    await settle();
    server.waiting[0]?.answer(200, { status: 'resolved' });
    expect(await acted).toBe(true);
    broken = false;
    await server.tell('message', item(3), '9~');
    expect(titles()).toEqual(['Task 3', 'Task 2']);
  });

  it('says once that there is no connection, and not when there is one again', async () => {
    await begin(item(1), item(2), item(3));
    const all = store.readAll();
    await settle();
    server.waiting[0]?.fail();
    expect(await all).toBe(false);
    const troubled = () => store.getState().items.filter(({ trouble }) => trouble !== null);
    expect(troubled().map(({ trouble }) => trouble?.code)).toEqual(['unreachable']);
    await server.cut();
    await server.advance(SECOND);
    expect([store.getState().status, troubled()]).toEqual(['live', []]);
  });

  it('tells its listeners of every change and of nothing else', async () => {
    let calls = 0;
    const end = store.subscribe(() => void calls++);
    await begin(item(1));
    const before = calls;
    const state = store.getState();
    await server.tell('something else', {}, '8~');
    expect([calls, store.getState()]).toEqual([before, state]);
    expect(store.getState()).toBe(state);
    await server.tell('read', item(1, READ), '9~');
    expect(calls).toBe(before + 1);
    end();
    await server.tell('message', item(2), '10~');
    expect(calls).toBe(before + 1);
  });

  it('loads older ones when asked to, and counts as the server does until all are here', async () => {
    server.list = page([item(9)], { nextCursor: 'c', unread: 2, total: 3 });
    store.start();
    await settle();
    expect(store.getState()).toMatchObject({ more: true, counts: { unread: 2, total: 3 } });
    await server.tell('changed', { unread: 3, total: 4, urgent: 1 });
    expect(store.getState().counts).toEqual({ unread: 3, total: 4, urgent: 1 });
    server.list = page([item(5), item(4, READ)]);
    server.answers = () => 503;
    expect(await store.loadMore()).toBe(false); // and can be asked again
    expect(titles()).toEqual(['Task 9']);
    server.answers = () => 'list';
    expect(await Promise.all([store.loadMore(), store.loadMore()])).toEqual([true, true]);
    expect(await store.loadMore()).toBe(false); // there are no more
    expect(server.asked.at(-1)?.path).toContain('cursor=c');
    expect(titles()).toEqual(['Task 9', 'Task 5', 'Task 4']);
    expect(store.getState()).toMatchObject({ more: false, counts: { unread: 2, total: 3 } });
  });

  it('shows a banner until its time is over, and then as an item of the feed', async () => {
    const until = new Date(START + 60 * SECOND).toISOString();
    const past = new Date(START - SECOND).toISOString();
    await begin(item(1, { as: 'banner', until }), item(2, { as: 'modal' }), item(3, { as: 'toast', until: past }));
    const ways = () => store.getState().items.map(({ as }) => as);
    // Whose time is over by this clock and not by the server's: the server knows better.
    expect(ways()).toEqual(['toast', 'modal', 'banner']);
    await server.advance(59 * SECOND);
    expect(ways()).toEqual(['toast', 'modal', 'banner']);
    await server.advance(SECOND);
    expect(ways()).toEqual(['toast', 'modal', 'feed']);
  });

  it('is silent once it is stopped', async () => {
    await begin(item(1));
    store.stop();
    await server.advance(60 * SECOND);
    expect(streamsAskedFor()).toHaveLength(1);
    expect(server.timers).toBe(0);
    expect(store.getState().status).toBe('idle');
  });

  it('that is started again knows nothing of what was archived meanwhile', async () => {
    await begin(item(1), item(2), item(3));
    await server.tell('archived', item(3, { archivedAt: 'x' }), '8~');
    store.stop();
    await begin(item(2), item(3)); // a list from before it was archived
    expect(titles()).toEqual(['Task 2']);
    expect(store.getState()).toMatchObject({ counts: { total: 1 }, arrived: [] });
  });

  it('hears nothing of a list that it asked for before it was stopped', async () => {
    const lists = server.answers;
    server.answers = () => 'wait';
    await begin();
    store.stop();
    server.answers = lists;
    await begin(item(2));
    await server.tell('message', item(3), '8~');
    server.waiting[0]?.answer(200, page([item(1)]));
    await settle();
    expect(titles()).toEqual(['Task 3', 'Task 2']);
    await server.tell('message', item(4), '9~');
    expect(titles()).toEqual(['Task 4', 'Task 3', 'Task 2']);
    expect(streamsAskedFor()).toHaveLength(1);
  });
});

describe('a line that is cut', () => {
  it('is opened again from the last place, sooner at first and later then', async () => {
    await begin(item(1));
    await server.tell('message', item(2), '8~');
    server.answers = () => 0;
    await server.cut();
    expect(store.getState()).toMatchObject({ status: 'away', trouble: { code: 'unreachable' } });
    const tries: number[] = [];
    for (let n = 0; n < 60; n++) {
      const before = streamsAskedFor().length;
      await server.advance(SECOND / 2);
      if (streamsAskedFor().length > before) tries.push(server.now - START);
    }
    expect(tries).toEqual([500, 1500, 3500, 7500, 15_500]);
    expect(titles()).toEqual(['Task 2', 'Task 1']);
    server.answers = () => 'stream';
    store.wake(); // the network is back
    await settle();
    expect(streamsAskedFor().at(-1)).toMatchObject({ lastEventId: '8~' });
    expect(store.getState()).toMatchObject({ status: 'live', trouble: null });
    await server.tell('message', item(3), '9~');
    expect(titles()).toEqual(['Task 3', 'Task 2', 'Task 1']);
    await server.cut();
    await server.advance(SECOND / 2); // the wait begins anew
    expect(streamsAskedFor().at(-1)).toMatchObject({ lastEventId: '9~' });
  });

  it('waits up to half a minute, less by chance', () => {
    expect([0, 3, 6, 40].map((tries) => waitAfter(tries, 0))).toEqual([500, 4000, 30_000, 30_000]);
    expect(waitAfter(40, 1)).toBe(15_000);
    expect([waitAfter(0, 0, 15_000), waitAfter(40, 0, 15_000), waitAfter(0, 0, 1e9)]).toEqual([15_000, 30_000, 30_000]);
  });

  it('stays away as long as the server asks, once: a person’s newest pages are live and their oldest take turns', async () => {
    await begin(item(1));
    await server.tell('message', item(2), '8~');
    await server.end('retry: 15000\n\n');
    expect(store.getState()).toMatchObject({ status: 'away', trouble: null });
    await server.advance(14 * SECOND);
    expect(streamsAskedFor()).toHaveLength(1);
    await server.advance(SECOND);
    expect(streamsAskedFor().at(-1)).toMatchObject({ lastEventId: '8~' });
    expect([streamsAskedFor().length, store.getState().status]).toEqual([2, 'live']);
    await server.tell('message', item(3), '9~');
    await server.cut();
    await server.advance(SECOND / 2);
    expect(streamsAskedFor()).toHaveLength(3);
  });

  it('is noticed when nothing is said any more, also where nothing tells of it', async () => {
    await begin(item(1));
    await server.advance(40 * SECOND);
    await server.tell('changed', { unread: 1, total: 1, urgent: 0 });
    await server.advance(44 * SECOND);
    expect(streamsAskedFor()).toHaveLength(1);
    await server.advance(2 * SECOND);
    expect(streamsAskedFor()).toHaveLength(2);
    expect(store.getState().status).toBe('live');
  });

  it('is asked for in vain ever later where it answers and says nothing', async () => {
    await begin(item(1));
    for (let n = 0; n < 40; n++) {
      await server.advance(SECOND / 2);
      if (store.getState().status === 'live') await server.cut();
    }
    expect(streamsAskedFor().length).toBeLessThan(8);
  });

  it('is none where something else answers, and well, in the place of the server', async () => {
    await begin(item(1));
    server.answers = () => 'page';
    const told = new Set<string>();
    await server.cut();
    store.subscribe(() => told.add(store.getState().status));
    await server.advance(20 * SECOND);
    expect([...told]).toEqual(['away']); // not live in between
    expect(store.getState().trouble).toMatchObject({
      code: 'unreachable',
      detail: expect.stringContaining('text/html'),
    });
    expect(streamsAskedFor().length).toBeLessThan(8);
    expect(titles()).toEqual(['Task 1']);
    server.answers = () => 'stream';
    await server.advance(30 * SECOND);
    expect(store.getState()).toMatchObject({ status: 'live', trouble: null });
  });

  it('at the very beginning: the list is asked for until it comes', async () => {
    server.answers = () => 503;
    await begin(item(1));
    expect(store.getState()).toMatchObject({ status: 'away', items: [] });
    server.answers = ({ path }) => (path.startsWith('/v1/inbox/stream') ? 'stream' : 'list');
    await server.advance(SECOND);
    expect(titles()).toEqual(['Task 1']);
    expect(store.getState().status).toBe('live');
  });
});

describe('an answer that never comes', () => {
  it('of the list, is waited for as long as for the stream, and asked for again', async () => {
    const lists = server.answers;
    server.answers = () => 'wait';
    await begin(item(1));
    await server.advance(44 * SECOND);
    expect(store.getState().status).toBe('loading');
    await server.advance(SECOND);
    expect(store.getState()).toMatchObject({ status: 'away', trouble: { code: 'unreachable' } });
    expect(server.waiting).toMatchObject([{ path: '/v1/inbox?limit=50', givenUp: true }]);
    server.answers = lists;
    await server.advance(SECOND);
    expect(store.getState()).toMatchObject({ status: 'live', items: [{ id: 'i1' }] });
  });

  it('to what its reader does, takes it back, and nothing of it is left', async () => {
    await begin(item(1));
    const acted = store.act('i1', { action: 'resolve' });
    for (let second = 0; second < 45; second++) {
      await server.tell('changed', { unread: 1, total: 1, urgent: 0 });
      expect(shown('i1')?.busy).toBe(true);
      await server.advance(SECOND);
    }
    expect(await acted).toBe(false);
    expect(shown('i1')).toMatchObject({ busy: false, did: null, trouble: { code: 'unreachable' } });
    expect(store.getState().status).toBe('live');
    store.stop();
    await settle();
    expect(server.timers).toBe(0);
  });

  it('of the page, which should give a token, is asked for again', async () => {
    server.givesTokens = false;
    await begin(item(1));
    await server.advance(45 * SECOND);
    expect(store.getState()).toMatchObject({ status: 'away', trouble: { code: 'unreachable' } });
    expect(server.asked).toEqual([]);
    server.givesTokens = true;
    await server.advance(SECOND);
    expect(store.getState()).toMatchObject({ status: 'live', items: [{ id: 'i1' }] });
  });
});

describe('a token that has ended', () => {
  it('is renewed once, by whichever call meets it, and nothing is lost', async () => {
    await begin(item(1), item(2));
    server.answers = ({ token, method, path }) =>
      token === 'token-1' ? 401 : method === 'GET' && path.startsWith('/v1/inbox/stream') ? 'stream' : 'wait';
    await server.cut();
    const both = [store.read('i1'), store.read('i2')];
    await server.advance(SECOND);
    for (const asked of server.waiting) asked.answer(200, item(Number(/i(\d)/.exec(asked.path)?.[1]), READ));
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(server.tokens).toBe(2);
    expect(streamsAskedFor().at(-1)).toMatchObject({ token: 'token-2', lastEventId: '7~' });
    expect(store.getState()).toMatchObject({ status: 'live', counts: { unread: 0 } });
  });

  it('and is not given again: it goes on asking, and says so', async () => {
    await begin(item(1));
    server.answers = () => 401;
    await server.cut();
    await server.advance(20 * SECOND);
    expect(store.getState()).toMatchObject({ status: 'away', items: [{ id: 'i1' }] });
    const { tokens } = server;
    await server.advance(60 * SECOND);
    expect(server.tokens - tokens).toBeLessThanOrEqual(6);
    expect(server.tokens).toBeGreaterThan(tokens);
  });
});

describe('what its reader does', () => {
  const PROBLEM = { code: 'refused', detail: 'The policy allows no snooze.', next: 'Act on it.' };

  it('shows at once, and stays when the server has done it', async () => {
    await begin(item(1), item(2));
    const acted = store.act('i1', { action: 'acknowledge' });
    await settle();
    expect(shown('i1')).toMatchObject({ busy: true, did: { action: 'acknowledge', label: 'I have this' } });
    expect(shown('i1')?.readAt).not.toBeNull();
    expect(store.getState().counts.unread).toBe(1);
    // Whoever follows a link has left the page by then.
    expect(server.waiting).toMatchObject([
      { path: '/v1/inbox/i1/act', body: { action: 'acknowledge' }, keepalive: true },
    ]);
    expect(server.asked[0]).toMatchObject({ path: '/v1/inbox?limit=50', keepalive: false });
    expect(await store.act('i1', { action: 'resolve' })).toBe(false); // one thing at a time
    server.waiting[0]?.answer(200, { status: 'acknowledged', changed: true });
    expect(await acted).toBe(true);
    await server.tell('message', item(1), '8~'); // told before the mark
    expect(shown('i1')).toMatchObject({ busy: false, did: { action: 'acknowledge' }, trouble: null });
    expect(store.getState().counts.unread).toBe(1);
  });

  it('is taken back when it is refused, with what was said', async () => {
    await begin(item(1));
    const before = store.getState();
    const acted = store.act('i1', { action: 'snooze', until: '1 year' });
    expect(shown('i1')?.did).toEqual({ action: 'snooze', label: 'snooze' });
    await settle();
    server.waiting[0]?.answer(422, PROBLEM);
    expect(await acted).toBe(false);
    expect(store.getState().items).toEqual([{ ...before.items[0], trouble: PROBLEM }]);
    expect(store.getState().counts).toEqual(before.counts);
    // The next try wipes it away.
    const again = store.act('i1', { action: 'resolve' });
    expect(shown('i1')).toMatchObject({ trouble: null, did: { action: 'resolve' } });
    await settle();
    server.waiting[1]?.answer(200, { status: 'resolved', changed: true });
    expect(await again).toBe(true);
    expect(titles()).toEqual([]); // over, before the stream has said so
  });

  it('can be taken back by themselves; and if that is refused, it still stands', async () => {
    await begin(item(1));
    const acted = store.act('i1', { action: 'acknowledge' });
    await settle();
    server.waiting[0]?.answer(200, { status: 'acknowledged' });
    await acted;
    const back = store.act('i1', { action: 'unacknowledge' });
    expect(shown('i1')?.did).toBeNull();
    await settle();
    server.waiting[1]?.fail();
    expect(await back).toBe(false);
    expect(shown('i1')).toMatchObject({ did: { action: 'acknowledge' }, trouble: { code: 'unreachable' } });
  });

  it('archives and reads at once, one or all, and takes back what the server has not done', async () => {
    await begin(item(1), item(2), item(3, READ));
    const archived = store.archive('i2');
    expect(titles()).toEqual(['Task 3', 'Task 1']);
    const all = store.readAll();
    expect(store.getState().counts).toEqual({ unread: 0, total: 2, urgent: 0 });
    await settle();
    server.waiting[0]?.answer(503, { code: 'unavailable', detail: 'away', next: 'wait' });
    expect(await archived).toBe(false);
    expect(titles()).toEqual(['Task 3', 'Task 2', 'Task 1']);
    expect(shown('i2')).toMatchObject({ trouble: { code: 'unavailable' } });
    server.waiting[1]?.answer(200, { marked: 1, more: true, unread: 1, total: 3, urgent: 0 });
    await settle();
    server.waiting[2]?.answer(200, { marked: 1, more: false, unread: 0, total: 3, urgent: 0 });
    expect(await all).toBe(true);
    expect(store.getState().counts.unread).toBe(0);
    expect(await store.read('i1')).toBe(false); // nothing is asked twice
    expect(await store.archive('nothing')).toBe(false);
    expect(server.waiting).toHaveLength(3);
  });
});
