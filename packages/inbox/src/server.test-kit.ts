// A Relance for tests of the store, as far as an inbox sees it: it answers what the test tells it to and holds its streams open, and
// its clock stands still until it is moved.
import type { InboxItem } from '@relance/client';
import type { Platform } from './platform.ts';
import { createInboxStore, type InboxStore } from './store.ts';

export const START = Date.UTC(2026, 10, 26, 9);

export function item(seq: number, more: Partial<InboxItem> = {}): InboxItem {
  return {
    id: `i${seq}`,
    seq,
    followUp: `f${seq}`,
    title: `Task ${seq}`,
    body: 'This needs your attention.',
    at: new Date(START).toISOString(),
    as: 'feed',
    until: null,
    url: null,
    urgency: 'normal',
    actions: [
      { name: 'acknowledge', label: 'I have this', url: 'https://follow.example.com/a/1' },
      { name: 'resolve', label: 'It is done', url: 'https://follow.example.com/a/2' },
    ],
    readAt: null,
    archivedAt: null,
    replacedBy: null,
    ...more,
  };
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | null;
  readonly lastEventId: string | null;
  readonly body: unknown;
  /** Goes on when the page is left. */
  readonly keepalive: boolean;
  /** Nobody waits for the answer any more. */
  readonly givenUp: boolean;
  answer(status: number, body: unknown): void;
  /** The server is not there. */
  fail(): void;
}

/** Lets everything that waits for nothing but promises happen. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export class ServerDouble {
  now = START;
  tokens = 0;
  /** The page's own server: where it says nothing, no token ever comes. */
  givesTokens = true;
  /** What is asked and not answered by itself waits here, in its order. */
  readonly waiting: Asked[] = [];
  readonly asked: Asked[] = [];
  list: Record<string, unknown> = page([]);
  /** By default a list is answered, and a stream opened; `page`: a proxy's own, in the place of either. */
  answers: (asked: Asked) => 'list' | 'stream' | 'page' | 'wait' | number = ({ method, path }) =>
    method !== 'GET' ? 'wait' : path.startsWith('/v1/inbox/stream') ? 'stream' : 'list';
  readonly streams: { readonly lastEventId: string | null; readonly pipe: ReadableStreamDefaultController }[] = [];
  #timers: { at: number; run: () => void }[] = [];

  readonly platform: Platform = {
    now: () => this.now,
    after: (ms, run) => {
      const timer = { at: this.now + ms, run };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
      };
    },
    chance: () => 0,
    fetch: (input, init) => this.#fetch(String(input), init ?? {}),
  };

  store(): InboxStore {
    const getToken = (): Promise<string> =>
      this.givesTokens ? Promise.resolve(`token-${++this.tokens}`) : new Promise(() => {});
    return createInboxStore({ url: 'http://relance.test', getToken, platform: this.platform });
  }

  /** How many timers wait: none of them may be left behind. */
  get timers(): number {
    return this.#timers.length;
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = end;
    await settle();
  }

  /** On the newest stream. */
  async tell(name: string, data: unknown, id?: string): Promise<void> {
    const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    this.streams.at(-1)?.pipe.enqueue(new TextEncoder().encode(text));
    await settle();
  }

  /** The server's own end of the newest stream, with its last words. */
  async end(words: string): Promise<void> {
    const pipe = this.streams.at(-1)?.pipe;
    pipe?.enqueue(new TextEncoder().encode(words));
    pipe?.close();
    await settle();
  }

  async cut(): Promise<void> {
    this.streams.at(-1)?.pipe.error(new TypeError('network error'));
    await settle();
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(url);
    const headers = new Headers(init.headers);
    return new Promise((resolve, reject) => {
      const asked: Asked = {
        method: init.method ?? 'GET',
        path: pathname + search,
        token: headers.get('authorization')?.replace('Bearer ', '') ?? null,
        lastEventId: headers.get('last-event-id'),
        body: typeof init.body === 'string' ? JSON.parse(init.body) : null,
        keepalive: init.keepalive === true,
        get givenUp() {
          return init.signal?.aborted === true;
        },
        answer: (status, body) => resolve(Response.json(body, { status })),
        fail: () => reject(new TypeError('fetch failed')),
      };
      this.asked.push(asked);
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      const answer = this.answers(asked);
      if (answer === 'wait') this.waiting.push(asked);
      else if (answer === 'list') asked.answer(200, this.list);
      else if (answer === 'stream') resolve(this.#stream(asked, init.signal ?? null));
      else if (answer === 'page') resolve(new Response('<p>Sign in', { headers: { 'content-type': 'text/html' } }));
      else if (answer === 0) asked.fail();
      else asked.answer(answer, { code: 'token_needed', detail: 'no', next: 'no' });
    });
  }

  #stream({ lastEventId }: Asked, abort: AbortSignal | null): Response {
    const body = new ReadableStream({
      start: (pipe) => {
        this.streams.push({ lastEventId, pipe });
        abort?.addEventListener('abort', () => {
          try {
            pipe.error(abort.reason);
          } catch {
            // cut already
          }
        });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  }
}

export const page = (items: readonly InboxItem[], more: Record<string, unknown> = {}): Record<string, unknown> => ({
  items,
  nextCursor: null,
  unread: items.filter(({ readAt }) => readAt === null).length,
  total: items.length,
  urgent: 0,
  lastEventId: '7~',
  ...more,
});
