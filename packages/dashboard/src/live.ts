// What is read again because something happened: the server's stream (stream.ts) names the follow-ups. It tells of no past, so whoever
// connects again reads everything again.
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { Gathered } from './gathered.ts';
import { followUpKey } from './pages/follow-up/follow-up-query.ts';
import { sessionQuery } from './queries.ts';
import { readAgain } from './read-again.ts';
import { endAsking, hasEnded } from './session-again.ts';
import { holdStream } from './stream.ts';

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

/** Until it is called: what it answers ends it. `changed` hears when somebody else is signed in by now, or nobody. */
export function readLive(
  queries: QueryClient,
  tenant: string | null,
  changed: (signedIn: boolean) => void,
): () => void {
  const news = new News(queries);
  const opened = (): void => {
    news.everything();
    void queries
      .fetchQuery({ ...sessionQuery, staleTime: 0 })
      .then((session) => {
        if (!session.signedIn || session.tenant !== tenant) changed(session.signedIn);
        else if (hasEnded()) endAsking('signed in'); // in another window
      })
      .catch(() => {}); // the stream says so itself
  };
  const leave = holdStream({
    opened,
    changed(followUps) {
      if (followUps === null) news.everything();
      else news.of(followUps);
    },
  });
  return () => {
    leave();
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
