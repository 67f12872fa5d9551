// What is read again because something happened: the server's stream names the follow-ups (GET /v1/stream). It tells of no past, so
// whoever connects again reads everything again. A page that nobody sees listens to nothing: browsers allow six connections to a
// server that speaks HTTP/1.1, for all its pages together.
import type { QueryClient } from '@tanstack/react-query';
import { followUpKey } from './pages/follow-up/follow-up-query.ts';
import { sessionQuery } from './queries.ts';
import { readAgain } from './read-again.ts';
import { endAsking, hasEnded } from './session-again.ts';

/** Of many changes at once the pages are read again once. */
const GATHERED_MS = 300;
/** While there are always more. */
const GATHERED_MORE_MS = 2_000;
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
    if (document.hidden) return;
    source = new EventSource('/v1/stream');
    source.addEventListener('open', opened);
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const { followUps } = JSON.parse(data) as { readonly followUps: readonly string[] | null };
      if (followUps === null) news.everything();
      else news.of(followUps);
    });
    source.addEventListener('error', () => {
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
  #timer: ReturnType<typeof setTimeout> | null = null;
  #reading = false;
  #lastAt = 0;

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
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #soon(): void {
    if (this.#timer !== null || this.#reading) return;
    const restless = performance.now() - this.#lastAt < GATHERED_MORE_MS;
    this.#timer = setTimeout(() => void this.#read(), restless ? GATHERED_MORE_MS : GATHERED_MS);
  }

  async #read(): Promise<void> {
    this.#timer = null;
    this.#lastAt = performance.now();
    this.#reading = true;
    const keys: (readonly unknown[])[] = this.#everything
      ? [['follow-ups']]
      : [...[...this.#ids].map(followUpKey), ['follow-ups', 'list']];
    this.#ids = new Set();
    this.#everything = false;
    await Promise.allSettled(
      [...keys, ['overview'], ['policies', 'standings'], ['replies'], ['clock']].map((queryKey) =>
        readAgain(this.#queries, queryKey),
      ),
    );
    this.#reading = false;
    if (this.#everything || this.#ids.size > 0) this.#soon();
  }
}
