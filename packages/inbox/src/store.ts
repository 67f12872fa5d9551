// The inbox of one person in a page, without any framework: what is there, what comes, and what its reader does, as one value that
// is shown and a few functions. What they do shows at once and is taken back if the server refuses it. The web components and the
// door for React show it; what is known of the server's side is inbox-state.ts, the line to it stream.ts.
import {
  createInboxClient,
  type InboxClient,
  type InboxCounts,
  type InboxItem,
  type Preferences,
  RelanceProblem,
  type StreamEvent,
} from '@relance/client';
import { counted, countOf, inOrder, type Known, lapsed, left, listed, NOTHING_KNOWN, told } from './inbox-state.ts';
import { browser, inTime, type Platform } from './platform.ts';
import { followStream, type Stream, type StreamStatus } from './stream.ts';
import { type GetToken, showingToken } from './token.ts';

export type Act = Parameters<InboxClient['act']>[1];
export type Wish = Parameters<InboxClient['putPreferences']>[0];

/** What the server would not do, in its own words; `code` is from its closed table. */
export interface Trouble {
  readonly code: string;
  readonly detail: string;
  readonly next: string;
}

export interface ShownItem extends InboxItem {
  /** What its reader has done here: while it is asked for, and as long as the item stays. */
  readonly did: { readonly action: string; readonly label: string } | null;
  /** The server is being asked. */
  readonly busy: boolean;
  /** What they tried last and was refused. */
  readonly trouble: Trouble | null;
}

export interface InboxState {
  /** Newest first; nothing that is archived. */
  readonly items: readonly ShownItem[];
  readonly counts: InboxCounts;
  readonly status: 'idle' | StreamStatus;
  /** Why there is no connection; null where there is one. */
  readonly trouble: Trouble | null;
  /** Older ones are on the server. */
  readonly more: boolean;
  /** What came while the page was open, the newest last. */
  readonly arrived: readonly string[];
}

export interface InboxStoreOptions {
  /** Asks the page's own server for a recipient token; asked again when one has ended. */
  readonly getToken: GetToken;
  /** Where Relance is; the page's own origin without it. */
  readonly url?: string;
  /** Items of a page, 1 to 200. */
  readonly limit?: number;
  readonly platform?: Partial<Platform>;
}

export interface InboxStore {
  readonly getState: () => InboxState;
  /** Called whenever getState() is another; answers what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  start(): void;
  stop(): void;
  /** The network is back: connects now. */
  readonly wake: () => void;
  /** These answer whether the server did it. */
  loadMore(): Promise<boolean>;
  read(id: string): Promise<boolean>;
  archive(id: string): Promise<boolean>;
  readAll(): Promise<boolean>;
  act(id: string, body: Act): Promise<boolean>;
  readonly preferences: InboxClient['preferences'];
  readonly putPreferences: InboxClient['putPreferences'];
}
export type { Preferences };

type Did = NonNullable<ShownItem['did']>;

const LIMIT = 50;
const ARRIVED_MAX = 50;
const CLOSED: readonly string[] = ['resolved', 'cancelled', 'expired'];
/** With these it stays with its reader, who can still do something else about it. */
export const TAKES_BACK = 'unacknowledge';

export function createInboxStore(options: InboxStoreOptions): InboxStore {
  return new Store(options);
}

class Store implements InboxStore {
  readonly #platform: Platform;
  readonly #client: InboxClient;
  readonly #send: typeof fetch;
  readonly #url: string;
  readonly #limit: number;
  readonly #listeners = new Set<() => void>();
  #known: Known = NOTHING_KNOWN;
  #status: InboxState['status'] = 'idle';
  #trouble: Trouble | null = null;
  #arrived: readonly string[] = [];
  #stream: Stream | null = null;
  #callOffLapse = (): void => {};
  /** What the reader has done and the server has not yet: by item, how many of them. */
  readonly #reading = new Map<string, number>();
  readonly #archiving = new Map<string, number>();
  readonly #asking = new Map<string, number>();
  readonly #did = new Map<string, Did>();
  readonly #troubles = new Map<string, Trouble>();
  #state: InboxState;

  constructor({ getToken, url = '', limit = LIMIT, platform }: InboxStoreOptions) {
    this.#platform = { ...browser, ...platform };
    this.#url = addressOf(url);
    this.#limit = limit;
    this.#send = showingToken(() => inTime(this.#platform, getToken), this.#platform.fetch);
    this.#client = createInboxClient({ url: this.#url, fetch: (input, init) => this.#ask(input, init) });
    this.#state = this.#shown();
  }

  getState = (): InboxState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    // The same function may listen twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  start(): void {
    globalThis.addEventListener?.('online', this.wake);
    this.#stream ??= followStream({
      platform: this.#platform,
      begin: (stopped) => this.#begin(stopped),
      open: (place, signal) => this.#open(place, signal),
      heard: (event) => this.#hear(event),
      became: (status, trouble) => {
        this.#status = status;
        this.#trouble = trouble === null ? null : troubleOf(trouble);
        // Whoever was told that there is no connection sees that there is one.
        if (status === 'live')
          for (const [id, { code }] of this.#troubles) if (code === 'unreachable') this.#troubles.delete(id);
        this.#changed();
      },
    });
  }

  stop(): void {
    globalThis.removeEventListener?.('online', this.wake);
    this.#stream?.stop();
    this.#stream = null;
    this.#callOffLapse();
    this.#status = 'idle';
    this.#changed();
  }

  wake = (): void => this.#stream?.wake();

  async #begin(stopped: AbortSignal): Promise<string> {
    const page = await this.#client.list({ limit: this.#limit });
    if (stopped.aborted) return ''; // whoever has begun since knows better
    // What was archived while nobody listened is told by nobody.
    this.#known = listed({ ...NOTHING_KNOWN, gone: this.#known.gone }, page);
    this.#changed();
    return page.lastEventId;
  }

  /** The whole answer; what its reader does is done also where they leave the page meanwhile. */
  #ask(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    return inTime(this.#platform, async (signal) => {
      const response = await this.#send(input, { ...init, signal, keepalive: init?.method !== 'GET' });
      return new Response(await response.blob(), response);
    });
  }

  #open(place: string, signal: AbortSignal): Promise<Response> {
    const headers = { accept: 'text/event-stream', 'last-event-id': place };
    return this.#send(`${this.#url}/v1/inbox/stream`, { headers, signal, cache: 'no-store' });
  }

  #hear({ name, data }: StreamEvent): void {
    const said = read(data);
    if (said === null) return;
    if (name === 'changed') this.#known = counted(this.#known, said as unknown as InboxCounts);
    else if (name === 'message' || name === 'read' || name === 'archived') this.#hearOf(said as unknown as InboxItem);
    else return;
    this.#changed();
  }

  #hearOf(item: InboxItem): void {
    const isNew = !this.#known.items.has(item.id) && !this.#known.gone.has(item.id);
    this.#known = told(this.#known, item);
    if (isNew && item.readAt === null && this.#known.items.has(item.id))
      this.#arrived = [...this.#arrived, item.id].slice(-ARRIVED_MAX);
  }

  async loadMore(): Promise<boolean> {
    const { cursor } = this.#known;
    const page = cursor !== null && (await this.#client.list({ limit: this.#limit, cursor }).catch(() => null));
    if (!page) return false;
    if (this.#known.cursor !== cursor) return true; // asked for twice
    this.#known = listed(this.#known, page);
    this.#changed();
    return true;
  }

  read(id: string): Promise<boolean> {
    if (this.#known.items.get(id)?.readAt !== null) return Promise.resolve(false);
    return this.#mark(id, this.#reading, () => this.#client.read(id));
  }

  archive(id: string): Promise<boolean> {
    if (!this.#known.items.has(id)) return Promise.resolve(false);
    return this.#mark(id, this.#archiving, () => this.#client.archive(id));
  }

  #mark(id: string, marking: Map<string, number>, ask: () => Promise<InboxItem>): Promise<boolean> {
    return this.#try([id], [marking], async () => {
      const marked = await ask();
      this.#known = told(this.#known, marked); // as it is known by now
    });
  }

  readAll(): Promise<boolean> {
    const ids = [...this.#known.items.values()].flatMap(({ id, readAt }) => (readAt === null ? [id] : []));
    return this.#try(ids, [this.#reading], async () => {
      for (let more = true; more; ) {
        const answer = await this.#client.readAll();
        more = answer.more;
        this.#known = counted(this.#known, answer);
      }
      const readAt = new Date(this.#platform.now()).toISOString();
      for (const id of ids) {
        const item = this.#known.items.get(id);
        if (item !== undefined) this.#known = told(this.#known, { ...item, readAt });
      }
    });
  }

  act(id: string, body: Act): Promise<boolean> {
    const item = this.#known.items.get(id);
    if (item === undefined || this.#asking.has(id)) return Promise.resolve(false);
    const before = this.#did.get(id);
    const label = item.actions.find(({ name }) => name === body.action)?.label ?? body.action;
    if (body.action === TAKES_BACK) this.#did.delete(id);
    else this.#did.set(id, { action: body.action, label });
    return this.#try(
      [id],
      [this.#asking, this.#reading],
      async () => {
        const answer = await this.#client.act(id, body);
        // Acting has marked it as read; what is over is archived, which the stream tells as well.
        const now = new Date(this.#platform.now()).toISOString();
        this.#known = told(this.#known, { ...item, readAt: item.readAt ?? now });
        if (CLOSED.includes(answer.status)) this.#known = left(this.#known, id);
      },
      () => {
        if (before === undefined) this.#did.delete(id);
        else this.#did.set(id, before);
      },
    );
  }

  preferences = (): Promise<Preferences> => this.#client.preferences();
  putPreferences = (wish: Wish): Promise<Preferences> => this.#client.putPreferences(wish);

  /** Shows it as done while the server is asked; `takeBack` when it refuses. */
  async #try(
    ids: readonly string[],
    showing: readonly Map<string, number>[],
    ask: () => Promise<void>,
    takeBack = (): void => {},
  ): Promise<boolean> {
    for (const id of ids) {
      this.#troubles.delete(id);
      for (const marks of showing) marks.set(id, (marks.get(id) ?? 0) + 1);
    }
    this.#changed();
    try {
      await ask();
      return true;
    } catch (error) {
      takeBack();
      for (const id of ids.slice(0, 1)) this.#troubles.set(id, troubleOf(error)); // said once
      return false;
    } finally {
      for (const id of ids) for (const marks of showing) lower(marks, id);
      this.#changed();
    }
  }

  #changed(): void {
    this.#state = this.#shown();
    this.#waitForLapse();
    for (const listener of [...this.#listeners])
      try {
        listener();
      } catch (error) {
        globalThis.reportError?.(error); // it is the page's, and the others go on
      }
  }

  #shown(): InboxState {
    const now = new Date(this.#platform.now()).toISOString();
    const all = inOrder(this.#known.items.values());
    const items = all.flatMap((item): readonly ShownItem[] =>
      this.#archiving.has(item.id)
        ? []
        : [
            {
              ...item,
              readAt: item.readAt ?? (this.#reading.has(item.id) ? now : null),
              did: this.#did.get(item.id) ?? null,
              busy: this.#asking.has(item.id),
              trouble: this.#troubles.get(item.id) ?? null,
            },
          ],
    );
    return {
      items,
      counts: this.#known.floor === 0 ? countOf(items) : this.#known.counts,
      status: this.#status,
      trouble: this.#trouble,
      more: this.#known.cursor !== null,
      arrived: this.#arrived,
    };
  }

  /** Where the clock of the page is past `until` already, the server knows better: it says how an item shows now. */
  #waitForLapse(): void {
    this.#callOffLapse();
    const now = this.#platform.now();
    const waiting = [...this.#known.items.values()].flatMap(({ id, as, until }) =>
      as === 'feed' || until === null || Date.parse(until) <= now ? [] : [{ id, at: Date.parse(until) }],
    );
    if (waiting.length === 0 || this.#stream === null) return;
    const at = Math.min(...waiting.map((one) => one.at));
    this.#callOffLapse = this.#platform.after(at - now, () => {
      const over = waiting.filter((one) => one.at <= this.#platform.now()).map(({ id }) => id);
      this.#known = lapsed(this.#known, over);
      this.#changed();
    });
  }
}

function lower(marks: Map<string, number>, id: string): void {
  const left = (marks.get(id) ?? 0) - 1;
  if (left > 0) marks.set(id, left);
  else marks.delete(id);
}

/** Whole, as the client wants it: a page may say where Relance is from where it is itself. */
function addressOf(url: string): string {
  const page = globalThis.document?.baseURI;
  const whole = page === undefined ? url : new URL(url || '/', page).href;
  return whole.replace(/\/$/, '');
}

function read(data: string): Record<string, unknown> | null {
  try {
    const said: unknown = JSON.parse(data);
    return typeof said === 'object' ? (said as Record<string, unknown> | null) : null;
  } catch {
    return null; // a proxy's own words
  }
}

const troubleOf = (error: unknown): Trouble =>
  error instanceof RelanceProblem
    ? { code: error.code, detail: error.detail, next: error.next }
    : { code: 'unreachable', detail: error instanceof Error ? error.message : String(error), next: 'Try again later.' };
