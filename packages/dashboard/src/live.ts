// What is read again because something happened: the server's stream names the follow-ups (GET /v1/stream). It tells of no past, so
// whoever connects again reads everything again. A page that nobody sees listens to nothing: browsers allow six connections to a
// server that speaks HTTP/1.1, for all its pages together.
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { streamSettled, streamSought } from './connection.ts';
import { Gathered } from './gathered.ts';
import { followUpKey } from './pages/follow-up/follow-up-query.ts';
import { sessionQuery } from './queries.ts';
import { readAgain } from './read-again.ts';
import { endAsking, hasEnded } from './session-again.ts';

/** While there are always more. */
const GATHERED_MORE_MS = 2_000;
/** Sums of months are read for them. */
const FIGURES_MORE_MS = 10_000;
/** What changes with follow-ups, beside themselves: only what is being looked at is asked for. */
const TOLD: readonly QueryKey[] = [
  ['overview'],
  ['policies', 'standings'],
  ['replies'],
  ['clock'],
  ['recipients', 'one'],
  ['channels'],
];
const FIGURES: readonly QueryKey[] = [['metrics'], ['policies', 'figures']];
/** A browser connects again by itself, but not after an answer that is no stream: a proxy without its server. */
const AGAIN_MS = 3_000;
const AGAIN_MAX_MS = 30_000;

/** Until it is called: what it answers ends it. `changed` hears when somebody else is signed in by now, or nobody. */
export function readLive(
  queries: QueryClient,
  tenant: string | null,
  changed: (signedIn: boolean) => void,
): () => void {
  const news = new News(queries);
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waitMs = AGAIN_MS;
  const opened = (): void => {
    waitMs = AGAIN_MS;
    streamSettled();
    news.everything();
    void queries
      .fetchQuery({ ...sessionQuery, staleTime: 0 })
      .then((session) => {
        if (!session.signedIn || session.tenant !== tenant) changed(session.signedIn);
        else if (hasEnded()) endAsking('signed in'); // in another window
      })
      .catch(() => {}); // the stream says so itself
  };
  const close = (): void => {
    source?.close();
    source = null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const open = (): void => {
    close();
    if (document.hidden) {
      streamSettled(); // nobody looks
      return;
    }
    streamSought();
    source = new EventSource('/v1/stream');
    source.addEventListener('open', opened);
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const { followUps } = JSON.parse(data) as { readonly followUps: readonly string[] | null };
      if (followUps === null) news.everything();
      else news.of(followUps);
    });
    source.addEventListener('error', () => {
      streamSought();
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(AGAIN_MAX_MS, 2 * waitMs);
    });
  };
  document.addEventListener('visibilitychange', open);
  open();
  return () => {
    document.removeEventListener('visibilitychange', open);
    close();
    streamSettled();
    news.end();
  };
}

/**
 * Gathers what changed, and has it read again: what others are reading may be of before, and is begun anew; what is read here is not
 * broken off, and read once more if it changed meanwhile. Of a long list it is noted only that it is old (read-again.ts).
 */
class News {
  readonly #queries: QueryClient;
  #ids = new Set<string>();
  #everything = false;
  readonly #pages = new Gathered(GATHERED_MORE_MS, () => this.#readPages());
  readonly #figures = new Gathered(FIGURES_MORE_MS, () => this.#read(FIGURES));

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  everything(): void {
    this.#everything = true;
    this.#soon();
  }

  of(ids: readonly string[]): void {
    for (const id of ids) this.#ids.add(id);
    this.#soon();
  }

  end(): void {
    this.#pages.end();
    this.#figures.end();
  }

  #soon(): void {
    this.#pages.soon();
    this.#figures.soon();
  }

  async #readPages(): Promise<void> {
    const followUps = this.#everything
      ? [['follow-ups']]
      : [...[...this.#ids].map(followUpKey), ['follow-ups', 'list']];
    this.#ids = new Set();
    this.#everything = false;
    await this.#read([...followUps, ...TOLD]);
  }

  async #read(keys: readonly QueryKey[]): Promise<void> {
    await Promise.allSettled(keys.map((queryKey) => readAgain(this.#queries, queryKey)));
  }
}
