// Looks for all streams of inboxes that are open on this node, of whichever tenants: once a second, while anybody waits, one statement
// for many, on one connection at a time, however many they are. What a stream has told it says itself when it asks (inbox-told.ts).
import type { Instant } from '@relance/core';
import { ENGINE, isDatabaseDown, type Scope, type Tx } from '../store/database.ts';
import { countInboxes, type InboxCounts, type InboxRow, inboxNews } from '../store/sql/inbox-list.ts';
import type { HttpPorts } from './ports.ts';
import type { RecipientPass } from './recipient-token.ts';

const LOOK_EVERY_MS = 1_000;
/** In one statement: each may have a hundred items to tell, which are in memory at once. */
const STREAMS_A_STATEMENT = 250;
const CHANGES_A_LOOK = 100;

export interface InboxQuestion {
  readonly of: RecipientPass;
  readonly after: number;
  readonly told: readonly number[];
  /** It wants to know them in any case: there are none without a change. */
  readonly count: boolean;
}

export interface InboxAnswer {
  /** False: the recipient is not there any more, or is another one. */
  readonly there: boolean;
  readonly rows: readonly InboxRow[];
  /** There was no more than what is here. */
  readonly isAll: boolean;
  /** Null where nobody counted. */
  readonly counts: InboxCounts | null;
  /** By the clock of the database, before it looked. */
  readonly now: Instant;
}

interface Waiting {
  readonly question: InboxQuestion;
  answer(answer: InboxAnswer): void;
  fail(error: unknown): void;
}

export class InboxNews {
  readonly #database: HttpPorts['database'];
  #waiting: Waiting[] = [];
  #looks = false;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({ database }: Pick<HttpPorts, 'database'>) {
    this.#database = database;
  }

  /** At the next look, which is in a second at most; fails where that one does. */
  next(question: InboxQuestion): Promise<InboxAnswer> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ question, answer, fail });
      if (!this.#looks) void this.#goOn();
    });
  }

  async #goOn(): Promise<void> {
    this.#looks = true;
    while (this.#waiting.length > 0) {
      const wait = this.#lookedAt + LOOK_EVERY_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#lookedAt = performance.now();
      const all = this.#waiting;
      this.#waiting = [];
      for (let from = 0; from < all.length; from += STREAMS_A_STATEMENT) {
        const away = await this.#answer(all.slice(from, from + STREAMS_A_STATEMENT));
        if (away === null) continue;
        for (const one of all.slice(from + STREAMS_A_STATEMENT)) one.fail(away);
        break;
      }
    }
    this.#looks = false;
  }

  /** Answers why, where the database is away: nobody else needs to wait until it does not answer them. */
  async #answer(some: readonly Waiting[]): Promise<unknown> {
    try {
      const questions = some.map(({ question }) => question);
      const answers = await this.#database.transaction(scopeOf(questions), (tx) => look(tx, questions));
      for (const [index, one] of some.entries()) {
        const answer = answers[index];
        if (answer !== undefined) one.answer(answer);
      }
      return null;
    } catch (error) {
      for (const one of some) one.fail(error);
      return isDatabaseDown(error) ? error : null;
    }
  }
}

/** Where all are of one tenant, row-level security keeps them to it as everywhere. */
function scopeOf(questions: readonly InboxQuestion[]): Scope {
  const [tenant, ...others] = new Set(questions.map(({ of }) => of.tenant));
  return tenant === undefined || others.length > 0 ? ENGINE : { kind: 'tenant', tenant };
}

async function look(tx: Tx, questions: readonly InboxQuestion[]): Promise<readonly InboxAnswer[]> {
  const { now, news } = await inboxNews(tx, questions, CHANGES_A_LOOK);
  const found = Map.groupBy(news, ({ stream }) => stream);
  const rowsOf = (index: number) => (found.get(index) ?? []).filter((row) => row.message_id !== null);
  // Every count is of changes, so without one there is nothing to count.
  const counted = questions.filter(({ count }, index) => count || rowsOf(index).length > 0).map(({ of }) => of);
  const counts = await countInboxes(tx, counted);
  return questions.map(({ of }, index) => {
    const rows = rowsOf(index);
    return {
      there: found.get(index)?.[0]?.there ?? true, // one of whom nothing is said is there, and has no news
      rows,
      isAll: rows.length < CHANGES_A_LOOK,
      counts: counts.get(of) ?? null,
      now,
    };
  });
}
