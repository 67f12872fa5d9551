// When something is due that was only said to be due on a day: for templates the instant at which that day ends, as text like
// every other time, so that it compares (`followUp.dueAt < now`) and is the same on the wire; filters that write times for
// people (render-filters.ts) write the day alone.
import { Drop } from 'liquidjs';
import { type Instant, toRfc3339 } from '../instant.ts';

export class DueDay extends Drop {
  /** `2026-12-01` */
  readonly day: string;
  readonly #at: string;

  constructor(at: Instant, day: string) {
    super();
    this.#at = toRfc3339(at);
    this.day = day;
  }

  override valueOf(): string {
    return this.#at;
  }

  override toString(): string {
    return this.#at;
  }

  toJSON(): string {
    return this.#at;
  }
}

/** As templates see it. */
export const dueSeen = (at: Instant | null, day: string | null): string | DueDay | null => {
  if (at === null) return null;
  return day === null ? toRfc3339(at) : new DueDay(at, day);
};
