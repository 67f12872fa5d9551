// What a person sees of their preferences: what holds for them, whether they chose it or not. Only channels on which they can be
// reached, or of which they have said something. What they want is compared with it, so that sending back what was read changes
// nothing and chooses nothing in their name.
import { type CategoryDefaults, PUSHED_CHANNELS, type PushedChannel, TOLD_EVERYTHING } from './category.ts';
import { EVERY_CHANNEL } from './consent.ts';
import { fromRfc3339, type Instant } from './instant.ts';
import type { Frequency } from './preference.ts';
import { type CategoryWish, type PersonStanding, type PreferenceWish, wantedOf } from './preference-change.ts';
import type { Recipient } from './recipient.ts';
import { addressOf } from './route.ts';

export interface CategoryKnown {
  readonly id: string;
  readonly title: string;
  readonly essential: boolean;
  readonly why: string | null;
  readonly defaults: CategoryDefaults;
}

/** Whose preferences they are, and what there is to choose from. A null `recipient` is unknown. */
export interface PersonKnown {
  readonly standing: PersonStanding;
  readonly categories: readonly CategoryKnown[];
  readonly recipient: Recipient | null;
}

export interface CategorySeen {
  readonly id: string;
  readonly title: string;
  readonly essential: boolean;
  readonly why: string | null;
  readonly subscribed: boolean;
  readonly channels: Readonly<Partial<Record<PushedChannel, boolean>>>;
  readonly frequency: Frequency;
}
export interface PreferencesSeen {
  readonly pausedUntil: string | null;
  readonly quietHours: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly tracking: boolean;
  readonly categories: readonly CategorySeen[];
}

export function preferencesSeen({ standing, categories, recipient }: PersonKnown, now: Instant): PreferencesSeen {
  const { preferences, choices } = standing;
  const until = preferences.pausedUntil == null ? null : fromRfc3339(preferences.pausedUntil);
  const reached = PUSHED_CHANNELS.filter((channel) => recipient !== null && addressOf(recipient, channel) !== null);
  return {
    pausedUntil: until === null || until <= now ? null : (preferences.pausedUntil ?? null),
    quietHours: preferences.quietHours ?? null,
    timeZone: recipient?.timeZone ?? null,
    locale: recipient?.locale ?? null,
    tracking: preferences.tracking ?? true,
    categories: categories.map(({ id, title, essential, why }) => {
      const said = choices.filter(({ category }) => category === id).map(({ channel }) => channel);
      const shown = PUSHED_CHANNELS.filter((channel) => reached.includes(channel) || said.includes(channel));
      const holds = (channel: PushedChannel | typeof EVERY_CHANNEL): boolean =>
        essential || wantedOf(standing, { category: id, channel });
      const usual = (standing.standings.get(id) ?? TOLD_EVERYTHING).frequency;
      return {
        id,
        title,
        essential,
        why,
        subscribed: holds(EVERY_CHANNEL),
        channels: Object.fromEntries(shown.map((channel) => [channel, holds(channel)])),
        frequency: essential ? 'each' : (preferences.frequency?.[id] ?? usual),
      };
    }),
  };
}

/** Of a wish, what is not so already. */
export function newIn(seen: PreferencesSeen, wish: PreferenceWish): PreferenceWish {
  const { categories, ...own } = wish;
  const fresh = Object.fromEntries(
    Object.entries(own).filter(([what, to]) => to !== seen[what as keyof typeof own]),
  ) as PreferenceWish;
  if (categories === undefined) return fresh;
  return { ...fresh, categories: categories.map((one) => newInCategory(seen, one)) };
}

function newInCategory(seen: PreferencesSeen, wish: CategoryWish): CategoryWish {
  const now = seen.categories.find(({ id }) => id === wish.id);
  if (now === undefined || wish.frequency !== now.frequency) return wish;
  const { frequency: _same, ...rest } = wish;
  return rest;
}
