// What people of a world choose, at random, and what of it has been answered: from then on nothing starts that it forbids, but
// what had passed the gate by then, once. What is about to change forbids nothing meanwhile. Partner: judge.ts.
import {
  type CategoryWish,
  digestAfter,
  EVERY_CHANNEL,
  type Frequency,
  fromRfc3339,
  type Instant,
  interrupts,
  later,
  MINUTE_MS,
  type PreferenceWish,
  type PushedChannel,
  toRfc3339,
  type WirePreferences,
} from '@relance/core';
import type { Random } from '../random.ts';
import type { Item } from './gate.ts';

/** `safety` is essential; `news` is off by SMS until somebody chooses. */
export const CATEGORIES = ['billing', 'news', 'safety'] as const;
export const NEWS_OFF = 'sms';
const CHANNELS: readonly PushedChannel[] = ['email', 'sms', 'push', 'chat'];
const QUIET = ['22:00-07:00', '20:00-08:00', '08:00-20:00'];
const PAUSE_MAX_MINUTES = 3 * 24 * 60;

/** All that can be had together. */
export const MUCH_AT_ONCE: PreferenceWish = {
  categories: [
    { id: 'billing', frequency: 'daily' },
    { id: 'news', frequency: 'daily' },
  ],
};

export function randomWish(random: Random, now: Instant): PreferenceWish {
  const category = (more: Omit<CategoryWish, 'id'>): PreferenceWish => ({
    categories: [{ id: random.pick(CATEGORIES), ...more }],
  });
  switch (random.below(8)) {
    case 0:
      return { pausedUntil: toRfc3339(later(now, (1 + random.below(PAUSE_MAX_MINUTES)) * MINUTE_MS)) };
    case 1:
      return { pausedUntil: null };
    case 2:
      return { quietHours: random.chance(0.6) ? random.pick(QUIET) : null };
    case 3:
      return category({ subscribed: random.chance(0.6) });
    case 4:
      return category({ channels: { [random.pick(CHANNELS)]: random.chance(0.4) } });
    default:
      return category({ frequency: random.pick(['daily', 'daily', 'weekly', 'each', null] as const) });
  }
}

/** How one person stands, as far as it has been answered. */
interface Standing {
  readonly pausedUntil: Instant | null;
  readonly quietHours: string | null;
  readonly frequency: ReadonlyMap<string, { readonly is: Frequency; readonly since: Instant }>;
  /** `news sms`, or `news` and a space for all of it. */
  readonly wanted: ReadonlyMap<string, boolean>;
  /** What had passed the gate when this was answered. */
  readonly passed: Set<string>;
}
const ANYBODY: Omit<Standing, 'passed'> = {
  pausedUntil: null,
  quietHours: null,
  frequency: new Map(),
  wanted: new Map(),
};

/** What is stored of somebody. */
export interface Stored {
  readonly recipient: string;
  readonly preferences: WirePreferences | null;
  readonly choices: readonly { readonly category: string; readonly channel: string; readonly wanted: boolean }[];
}

export class Choices {
  readonly #people = new Map<string, Standing>();

  #of(recipient: string): Standing {
    return this.#people.get(recipient) ?? { ...ANYBODY, passed: new Set() };
  }

  quietHoursOf(recipient: string): string | null {
    return this.#of(recipient).quietHours;
  }

  /** What a wish is about forbids nothing until it has been answered. Answers with what takes that back. */
  begins(recipient: string, wish: PreferenceWish): () => void {
    const before = this.#of(recipient);
    const [frequency, wanted] = [new Map(before.frequency), new Map(before.wanted)];
    for (const { id, ...more } of wish.categories ?? []) {
      if (more.frequency !== undefined) frequency.delete(id);
      for (const channel of channelsIn(more)) wanted.set(`${id} ${channel}`, true);
    }
    this.#people.set(recipient, {
      ...before,
      frequency,
      wanted,
      ...(wish.pausedUntil === undefined ? {} : { pausedUntil: null }),
      ...(wish.quietHours === undefined ? {} : { quietHours: null }),
    });
    return () => this.#people.set(recipient, before);
  }

  /** Read again, since it was answered or nobody heard what became of it. */
  stands({ recipient, preferences, choices }: Stored, now: Instant, passed: ReadonlySet<string>): void {
    const before = this.#of(recipient);
    const { pausedUntil, quietHours, frequency = {} } = preferences ?? {};
    this.#people.set(recipient, {
      pausedUntil: pausedUntil == null ? null : fromRfc3339(pausedUntil),
      quietHours: quietHours ?? null,
      frequency: new Map(
        Object.entries(frequency).map(([id, is]) => {
          const known = before.frequency.get(id);
          return [id, known?.is === is ? known : { is, since: now }];
        }),
      ),
      wanted: new Map(choices.map(({ category, channel, wanted }) => [`${category} ${channel}`, wanted])),
      passed: new Set(passed),
    });
  }

  /** It had passed the gate when its reader was last answered: it may start, once. */
  excuses({ recipient, id }: Item): boolean {
    return this.#of(recipient).passed.delete(id);
  }

  /** Why it must not start at an instant, as its reader stands now. `lone`: no other stage of its follow-up comes. */
  forbids(item: Item, category: string, zone: string, lone: boolean): (now: Instant) => string | null {
    const { pausedUntil, frequency, wanted } = this.#of(item.recipient);
    if (!interrupts(item.channel) || category === 'safety') return () => null;
    const isOff = (channel: string): boolean =>
      !(wanted.get(`${category} ${channel}`) ?? !(category === 'news' && channel === NEWS_OFF));
    const refused = isOff(EVERY_CHANNEL) || isOff(item.channel);
    const chosen = frequency.get(category);
    return (now) => {
      if (refused) return `unwanted ${category} by ${item.channel}`;
      if (pausedUntil !== null && now < pausedUntil) return 'during a pause';
      if (chosen === undefined || chosen.is === 'each' || item.urgent || item.attempts > 0) return null;
      const from = Math.max(chosen.since, item.plannedAt) as Instant;
      // A digest waits for nine in the morning, or no longer than for the next stage, where there is one.
      const isEarly = lone ? now < digestAfter(chosen.is, from, zone) : now <= from;
      return isEarly ? 'before its digest' : null;
    };
  }
}

const channelsIn = ({ subscribed, channels = {} }: Omit<CategoryWish, 'id'>): readonly string[] => [
  ...(subscribed === undefined ? [] : [EVERY_CHANNEL]),
  ...Object.keys(channels),
];
