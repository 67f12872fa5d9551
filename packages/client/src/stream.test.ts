// Streams against a server that says what the test wants: they go on where they were, tell of a gap where nothing is remembered, and
// end with what is refused, with a signal, and with the loop.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, RelanceProblem, SILENCE_MAX_MS } from './index.ts';

type Said = string | number | Error;
/** Answered well, by something that stands between. */
const PAGE = '<p>Sign in';
/** Each connection in turn: what it says before it is cut; a status that it answers; an error; or, without an end, silence. */
function talk(connections: readonly Said[], silent = false) {
  const places: (string | undefined)[] = [];
  const left = [...connections];
  const open: { cancelled: boolean }[] = [];
  const fake = async (_url: URL, init: RequestInit): Promise<Response> => {
    init.signal?.throwIfAborted();
    places.push((init.headers as Record<string, string>)['last-event-id']);
    const said = left.shift();
    if (said instanceof Error) throw said;
    if (typeof said === 'number') return Response.json({ code: 'x', detail: 'no' }, { status: said });
    const line = { cancelled: false };
    open.push(line);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        if (said !== undefined) controller.enqueue(new TextEncoder().encode(said));
        if (said !== undefined && !silent) controller.close();
        init.signal?.addEventListener('abort', () => {
          line.cancelled = true;
          if (said === undefined || silent) controller.error(init.signal?.reason);
        });
      },
    });
    return new Response(body, { headers: { 'content-type': said === PAGE ? 'text/html' : 'text/event-stream' } });
  };
  const client = createClient({ url: 'http://relance.test', fetch: fake as unknown as typeof fetch });
  return { client, places, open };
}
const item = (id: string, place: string) => `id: ${place}\nevent: message\ndata: {"id":"${id}"}\n\n`;
const changed = (...ids: string[]) => `event: changed\ndata: {"followUps":${JSON.stringify(ids)}}\n\n`;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** So many events, with the time that passes between two connections. */
async function take<T>(stream: AsyncGenerator<T>, count: number): Promise<readonly T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = stream.next();
    await vi.advanceTimersByTimeAsync(60_000);
    const { value, done } = await next;
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

describe('the stream of an inbox', () => {
  it('goes on after the last event that was heard, wherever it is cut', async () => {
    const { client, places } = talk([item('a', '1'), new Error('cut'), 503, item('b', '2') + item('c', '3')]);
    const events = await take(client.inbox.stream({ lastEventId: '0' }), 3);
    expect(events).toEqual([
      { name: 'message', data: { id: 'a' }, id: '1' },
      { name: 'message', data: { id: 'b' }, id: '2' },
      { name: 'message', data: { id: 'c' }, id: '3' },
    ]);
    expect(places).toEqual(['0', '1', '1', '1']);
  });

  it('is opened again when nothing was said for too long', async () => {
    const { client, places, open } = talk([item('a', '1'), item('b', '2')], true);
    const stream = client.inbox.stream();
    expect((await stream.next()).value).toMatchObject({ id: '1' });
    const next = stream.next();
    await vi.advanceTimersByTimeAsync(SILENCE_MAX_MS - 1);
    expect(places).toEqual([undefined]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await next).value).toMatchObject({ id: '2' });
    expect(places).toEqual([undefined, '1']);
    expect(open.map(({ cancelled }) => cancelled)).toEqual([true, false]);
    await stream.return(undefined as never);
    expect(open.map(({ cancelled }) => cancelled)).toEqual([true, true]);
  });

  it('is left alone as long as the server asks when it ends it', async () => {
    const { client, places } = talk([`${item('a', '1')}retry: 15000\n\n`, item('b', '2')]);
    const stream = client.inbox.stream();
    expect((await stream.next()).value).toMatchObject({ id: '1' });
    const next = stream.next();
    await vi.advanceTimersByTimeAsync(7_000); // less by up to half, by chance
    expect(places).toEqual([undefined]);
    await vi.advanceTimersByTimeAsync(8_000);
    expect((await next).value).toMatchObject({ id: '2' });
    expect(places).toEqual([undefined, '1']);
  });

  it('ends with what is refused, also later', async () => {
    await expect(talk([401]).client.inbox.stream().next()).rejects.toThrow(RelanceProblem);
    const { client } = talk([item('a', '1'), 401]);
    const stream = client.inbox.stream();
    await stream.next();
    const refused = expect(stream.next()).rejects.toMatchObject({ status: 401 });
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
  });

  it('ends with what is no stream, at first and later, and says what came', async () => {
    const told = { code: 'unreachable', status: 200, detail: expect.stringContaining('text/html') };
    const { client, places } = talk([PAGE]);
    await expect(client.inbox.stream().next()).rejects.toMatchObject(told);
    expect(places).toHaveLength(1);
    const stream = talk([item('a', '1'), PAGE, item('b', '2')]).client.inbox.stream();
    await stream.next();
    const refused = expect(stream.next()).rejects.toMatchObject(told);
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
  });

  it('says at once that nobody is there', async () => {
    const { client, places } = talk([new Error('refused')]);
    await expect(client.inbox.stream().next()).rejects.toMatchObject({ code: 'unreachable' });
    expect(places).toHaveLength(1);
  });

  it('ends with its signal, while it listens and while it waits', async () => {
    for (const connections of [[], [item('a', '1')]]) {
      const { client } = talk(connections);
      const aborting = new AbortController();
      const stream = client.inbox.stream({ signal: aborting.signal });
      if (connections.length > 0) await stream.next();
      const ended = expect(stream.next()).rejects.toThrow('enough');
      await vi.advanceTimersByTimeAsync(1);
      aborting.abort(new Error('enough'));
      await ended;
    }
  });
});

describe('the stream of follow-ups', () => {
  it('tells after a gap that more may have changed than can be named', async () => {
    const { client } = talk([changed('a', 'b'), changed('c')]);
    const events = await take(client.stream(), 3);
    expect(events.map(({ data }) => data.followUps)).toEqual([['a', 'b'], null, ['c']]);
  });

  it('tells nobody that the server is only there, and hangs up with the loop', async () => {
    const { client, open } = talk([changed() + changed('a') + changed() + changed('b')], true);
    const heard: unknown[] = [];
    for await (const { data } of client.stream()) if (heard.push(data.followUps) === 2) break;
    expect(heard).toEqual([['a'], ['b']]);
    expect(open.map(({ cancelled }) => cancelled)).toEqual([true]);
  });
});
