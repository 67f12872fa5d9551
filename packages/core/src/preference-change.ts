// What a recipient's wish changes: compared with how they stand now, each thing by itself, so that what somebody else chose
// meanwhile stays. Pure; the server gathers how they stand, and stores the changes with the evidence (engine/consent.ts).
import { type PushedChannel, TOLD_EVERYTHING, type UsualStanding } from './category.ts';
import { EVERY_CHANNEL } from './consent.ts';
import { DAY_MS, fromRfc3339, type Instant, later } from './instant.ts';
import type { Frequency, WirePreferences } from './preference.ts';

/** A category, or one channel of it: `channel` is empty for all of them. */
export interface Choice {
  readonly category: string;
  readonly channel: PushedChannel | typeof EVERY_CHANNEL;
}

/** How one person stands before a change. */
export interface PersonStanding {
  readonly preferences: WirePreferences;
  /** Their own choices. */
  readonly choices: readonly (Choice & { readonly wanted: boolean })[];
  /** What holds where they made none, by category. */
  readonly standings: ReadonlyMap<string, UsualStanding>;
  readonly essential: ReadonlySet<string>;
}

/** Only what is named is touched. */
export interface CategoryWish {
  readonly id: string;
  readonly subscribed?: boolean | undefined;
  readonly channels?: Readonly<Partial<Record<PushedChannel, boolean | undefined>>> | undefined;
  /** Null: as is usual for the category. */
  readonly frequency?: Frequency | null | undefined;
}
export interface PreferenceWish {
  readonly pausedUntil?: string | null | undefined;
  readonly quietHours?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly locale?: string | null | undefined;
  /** Whether their opens and clicks may be told. */
  readonly tracking?: boolean | undefined;
  readonly categories?: readonly CategoryWish[] | undefined;
}

export const OWN_WORDS = ['pausedUntil', 'quietHours', 'timeZone', 'locale'] as const;
export type OwnWord = (typeof OWN_WORDS)[number];

export type PreferenceChange =
  | (Choice & { readonly what: 'wanted'; readonly from: boolean; readonly to: boolean })
  | {
      readonly what: 'frequency';
      readonly category: string;
      readonly from: Frequency | null;
      readonly to: Frequency | null;
    }
  | { readonly what: 'tracking'; readonly from: boolean; readonly to: boolean }
  | { readonly what: OwnWord; readonly from: string | null; readonly to: string | null };

export const PAUSE_MAX_MS = 366 * DAY_MS;

/** What their own choice says, or what holds without one. */
export function wantedOf(person: PersonStanding, { category, channel }: Choice): boolean {
  const own = person.choices.find((one) => one.category === category && one.channel === channel);
  if (own !== undefined) return own.wanted;
  const standing = person.standings.get(category) ?? TOLD_EVERYTHING;
  return channel === EVERY_CHANNEL ? standing.subscribed : !standing.off.has(channel);
}

/**
 * `insists`: somebody has said it in so many words (pressed a link, sent a word), so it is kept even where it is what holds
 * anyhow: defaults may change.
 */
export function changesOf(
  person: PersonStanding,
  wish: PreferenceWish,
  { insists = false }: { readonly insists?: boolean } = {},
): readonly PreferenceChange[] {
  const own = OWN_WORDS.flatMap((what): PreferenceChange[] => {
    const [from, to] = [person.preferences[what] ?? null, wish[what]];
    return to === undefined || to === from ? [] : [{ what, from, to }];
  });
  const ofCategories = (wish.categories ?? []).flatMap((one) => [
    ...choicesIn(person, one, insists),
    ...frequencyIn(person, one),
  ]);
  const [tracked, tracking] = [person.preferences.tracking ?? true, wish.tracking];
  const ofTracking: PreferenceChange[] =
    tracking === undefined || tracking === tracked ? [] : [{ what: 'tracking', from: tracked, to: tracking }];
  return [...own, ...ofTracking, ...ofCategories];
}

function choicesIn(
  person: PersonStanding,
  { id: category, subscribed, channels }: CategoryWish,
  insists: boolean,
): PreferenceChange[] {
  const wishes: readonly (readonly [string, boolean | undefined])[] = [
    [EVERY_CHANNEL, subscribed],
    ...Object.entries(channels ?? {}),
  ];
  return wishes.flatMap(([name, to]): PreferenceChange[] => {
    if (to === undefined) return [];
    const channel = name as Choice['channel'];
    const from = wantedOf(person, { category, channel });
    const isSaid = person.choices.some((one) => one.category === category && one.channel === channel);
    return from === to && (isSaid || !insists) ? [] : [{ what: 'wanted', category, channel, from, to }];
  });
}

function frequencyIn(person: PersonStanding, { id: category, frequency: to }: CategoryWish): PreferenceChange[] {
  const from = person.preferences.frequency?.[category] ?? null;
  return to === undefined || to === from ? [] : [{ what: 'frequency', category, from, to }];
}

/** How their own words stand after it. */
export function preferencesAfter(before: WirePreferences, changes: readonly PreferenceChange[]): WirePreferences {
  const frequency = new Map(Object.entries(before.frequency ?? {}));
  const own: Partial<Record<OwnWord, string | null>> & { tracking?: boolean } = {};
  for (const change of changes) {
    if (change.what === 'wanted') continue;
    if (change.what === 'tracking') own.tracking = change.to;
    else if (change.what !== 'frequency') own[change.what] = change.to;
    else if (change.to === null) frequency.delete(change.category);
    else frequency.set(change.category, change.to);
  }
  return { ...before, ...own, frequency: Object.fromEntries(frequency) };
}

/** What must not be sent any more, whether it is news or not: who says it again is answered no sooner than who said it first. */
export const refusedBy = ({ categories = [] }: PreferenceWish): readonly Choice[] =>
  categories.flatMap(({ id: category, subscribed, channels = {} }) => [
    ...(subscribed === false ? [{ category, channel: EVERY_CHANNEL } as const] : []),
    ...Object.entries(channels).flatMap(([channel, wanted]) =>
      wanted === false ? [{ category, channel: channel as PushedChannel }] : [],
    ),
  ]);

/** Whether what waits for them may leave at another time than before, or as something else: what is tracked is prepared already. */
export const movesTimes = ({ pausedUntil, quietHours, timeZone, tracking, categories = [] }: PreferenceWish): boolean =>
  [pausedUntil, quietHours, timeZone, tracking, ...categories.map(({ frequency }) => frequency)].some(
    (one) => one !== undefined,
  );

export type WishProblem =
  | { readonly kind: 'essential'; readonly category: string }
  | { readonly kind: 'pause_over' }
  | { readonly kind: 'pause_too_long' };

/** What cannot be, of a wish whose shape is right. Switching what is essential on is no change and no problem. */
export function wishProblem(person: PersonStanding, wish: PreferenceWish, now: Instant): WishProblem | null {
  const off = wish.categories?.find(
    ({ id, subscribed, channels = {}, frequency }) =>
      person.essential.has(id) &&
      (subscribed === false || Object.values(channels).includes(false) || (frequency ?? 'each') !== 'each'),
  );
  if (off !== undefined) return { kind: 'essential', category: off.id };
  const until = wish.pausedUntil == null ? null : fromRfc3339(wish.pausedUntil);
  if (until === null || wish.pausedUntil === person.preferences.pausedUntil) return null;
  if (until <= now) return { kind: 'pause_over' };
  return until > later(now, PAUSE_MAX_MS) ? { kind: 'pause_too_long' } : null;
}
