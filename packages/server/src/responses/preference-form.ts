// What was posted from the preference centre, as a wish: only what the person changed against what their page showed, put on how
// they stand now, so that a page that lay open for a week does not silently undo what was chosen since. Pure.
import {
  type CategorySeen,
  type CategoryWish,
  DAY_MS,
  FREQUENCIES,
  type Frequency,
  fromLocal,
  fromRfc3339,
  type Instant,
  isDate,
  isLanguageTag,
  isZone,
  later,
  type OwnWord,
  PAUSE_MAX_MS,
  type PersonKnown,
  type PreferenceChange,
  type PreferenceWish,
  PUSHED_CHANNELS,
  type PushedChannel,
  parseDailySpan,
  preferencesSeen,
  toRfc3339,
  wantedOf,
} from '@relance/core';
import { z } from 'zod';

/** What a page showed, which it posts along. */
export interface Shown {
  readonly quietHours: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  /** Null: it is not asked, because nothing is tracked. */
  readonly tracking: boolean | null;
  readonly categories: readonly {
    readonly id: string;
    readonly channels: Readonly<Partial<Record<PushedChannel, boolean>>>;
    readonly frequency: Frequency;
  }[];
}

const text = z.string().max(300).nullable();
const boxes = z.partialRecord(z.enum(PUSHED_CHANNELS), z.boolean());
const shownSchema = z.strictObject({
  quietHours: text,
  timeZone: text,
  locale: text,
  tracking: z.boolean().nullable(),
  categories: z.array(z.strictObject({ id: z.string(), channels: boxes, frequency: z.enum(FREQUENCIES) })),
});
const frequency = z.enum(FREQUENCIES).nullable();
const undoSchema = z.array(
  z.union([
    z.strictObject({
      what: z.literal('wanted'),
      category: z.string(),
      channel: z.enum(['', ...PUSHED_CHANNELS]),
      from: z.boolean(),
      to: z.boolean(),
    }),
    z.strictObject({ what: z.literal('tracking'), from: z.boolean(), to: z.boolean() }),
    z.strictObject({ what: z.literal('frequency'), category: z.string(), from: frequency, to: frequency }),
    z.strictObject({ what: z.enum(['pausedUntil', 'quietHours', 'timeZone', 'locale']), from: text, to: text }),
  ]),
);

/** A box is ticked where the category is wanted, and wanted on that channel. */
export const boxOf = ({ subscribed, channels }: CategorySeen, channel: PushedChannel): boolean =>
  subscribed && channels[channel] === true;

/** Of a person, as their page shows it. `tracks`: their tenant has it switched on. */
export function shownOf(person: PersonKnown, now: Instant, tracks: boolean): Shown {
  const { preferences } = person.standing;
  const seen = preferencesSeen(person, now);
  return {
    quietHours: seen.quietHours,
    timeZone: preferences.timeZone ?? null,
    locale: preferences.locale ?? null,
    tracking: tracks || !seen.tracking ? seen.tracking : null,
    categories: seen.categories
      .filter(({ essential }) => !essential)
      .map((one) => ({
        id: one.id,
        channels: Object.fromEntries(
          PUSHED_CHANNELS.filter((channel) => channel in one.channels).map((channel) => [channel, boxOf(one, channel)]),
        ),
        frequency: one.frequency,
      })),
  };
}

export type Form = Readonly<Record<string, unknown>>;
export const PAUSES = { '1d': 1, '7d': 7, '14d': 14 } as const;
/** Of what was posted, what could not be taken; everything else is. */
export type Trouble = 'pause' | 'quiet_hours' | 'form';

export interface Wished {
  readonly wish: PreferenceWish;
  readonly troubles: readonly Trouble[];
}
const NOTHING: Wished = { wish: {}, troubles: ['form'] };

/** `zone`: in which a day begins, for whoever has chosen none. */
export function wishPosted(form: Form, person: PersonKnown, { now, zone }: { now: Instant; zone: string }): Wished {
  switch (form.do) {
    case 'resume':
      return { wish: { pausedUntil: null }, troubles: [] };
    case 'leave':
      return { wish: { categories: leavingAll(person, now) }, troubles: [] };
    case 'undo':
      return undone(form, person, now);
    default:
      return saved(form, person, { now, zone });
  }
}

function saved(form: Form, person: PersonKnown, { now, zone }: { now: Instant; zone: string }): Wished {
  const shown = parsed(shownSchema, form.shown);
  if (shown === null) return NOTHING;
  const troubles: Trouble[] = [];
  const own: { -readonly [word in OwnWord]?: string | null } = {};
  const quietHours = quietHoursIn(form);
  if (quietHours === 'unfit') troubles.push('quiet_hours');
  else if (quietHours !== shown.quietHours) own.quietHours = quietHours;
  const timeZone = wordOf(form.timeZone);
  if (timeZone !== shown.timeZone && (timeZone === null || isZone(timeZone))) own.timeZone = timeZone;
  const locale = wordOf(form.locale);
  if (locale !== shown.locale && (locale === null || isLanguageTag(locale))) own.locale = locale;
  const pausedUntil = pauseIn(form, now, own.timeZone ?? zone);
  if (pausedUntil === 'unfit') troubles.push('pause');
  else if (pausedUntil !== undefined) own.pausedUntil = pausedUntil;
  const is = form.tracking !== undefined;
  const tracking = shown.tracking === null || shown.tracking === is ? {} : { tracking: is };
  const seen = new Map(preferencesSeen(person, now).categories.map((one) => [one.id, one]));
  const categories = shown.categories.flatMap((one) => {
    const current = seen.get(one.id);
    if (current === undefined || current.essential) return [];
    const changed = Object.entries(one.channels).flatMap(([channel, was]) => {
      const is = form[`want.${channel}.${one.id}`] !== undefined;
      return is === was ? [] : [[channel, is] as const];
    });
    const often = FREQUENCIES.find((word) => word === form[`often.${one.id}`]) ?? one.frequency;
    const wish = {
      ...ticked(current, Object.fromEntries(changed)),
      ...(often === one.frequency ? {} : { frequency: often }),
    };
    return Object.keys(wish).length === 0 ? [] : [{ id: one.id, ...wish }];
  });
  return { wish: { ...own, ...tracking, ...(categories.length === 0 ? {} : { categories }) }, troubles };
}

/**
 * Boxes as choices: with none left the category is not wanted at all, and what was said of its channels is kept for later; with one
 * left the others are switched off, each for itself.
 */
function ticked(
  current: CategorySeen,
  changed: Readonly<Partial<Record<PushedChannel, boolean>>>,
): Omit<CategoryWish, 'id'> {
  if (Object.keys(changed).length === 0) return {};
  const names = PUSHED_CHANNELS.filter((channel) => channel in current.channels || channel in changed);
  const after = names.map((channel) => [channel, changed[channel] ?? boxOf(current, channel)] as const);
  if (after.every(([, is]) => !is)) return { subscribed: false };
  const channels = after.filter(([channel, is]) => is !== current.channels[channel]);
  return { subscribed: true, ...(channels.length === 0 ? {} : { channels: Object.fromEntries(channels) }) };
}

const leavingAll = (person: PersonKnown, now: Instant): readonly CategoryWish[] =>
  preferencesSeen(person, now)
    .categories.filter(({ essential }) => !essential)
    .map(({ id }) => ({ id, subscribed: false }));

/** What is still as that change left it goes back to what it was. */
function undone(form: Form, person: PersonKnown, now: Instant): Wished {
  const changes = parsed(undoSchema, form.changes);
  if (changes === null) return NOTHING;
  const { standing } = person;
  const own: { -readonly [word in OwnWord]?: string | null } = {};
  const categories: CategoryWish[] = [];
  let tracking: boolean | undefined;
  for (const change of changes as readonly PreferenceChange[]) {
    if (change.what === 'wanted') {
      if (wantedOf(standing, change) !== change.to || standing.essential.has(change.category)) continue;
      const wanted =
        change.channel === '' ? { subscribed: change.from } : { channels: { [change.channel]: change.from } };
      categories.push({ id: change.category, ...wanted });
    } else if (change.what === 'frequency') {
      if ((standing.preferences.frequency?.[change.category] ?? null) === change.to)
        categories.push({ id: change.category, frequency: change.from });
    } else if (change.what === 'tracking') {
      if ((standing.preferences.tracking ?? true) === change.to) tracking = change.from;
    } else if ((standing.preferences[change.what] ?? null) === change.to && isFit(change, now))
      own[change.what] = change.from;
  }
  const known = new Set(person.categories.map(({ id }) => id));
  return { wish: { ...own, tracking, categories: categories.filter(({ id }) => known.has(id)) }, troubles: [] };
}

/** What comes back from a page was once ours, and may have been changed or have become old on its way. */
function isFit({ what, from }: { readonly what: OwnWord; readonly from: string | null }, now: Instant): boolean {
  if (from === null) return true;
  switch (what) {
    case 'pausedUntil': {
      const until = fromRfc3339(from);
      return until !== null && until > now && until <= later(now, PAUSE_MAX_MS);
    }
    case 'quietHours':
      return parseDailySpan(from).ok;
    case 'timeZone':
      return isZone(from);
    case 'locale':
      return isLanguageTag(from);
  }
}

const wordOf = (posted: unknown): string | null => (typeof posted === 'string' && posted !== '' ? posted : null);

const TIME = /^\d{2}:\d{2}$/;
function quietHoursIn(form: Form): string | null | 'unfit' {
  const [from, to] = [wordOf(form.quietFrom), wordOf(form.quietTo)];
  if (from === null && to === null) return null;
  const span = `${from}-${to}`;
  const isFitting = TIME.test(from ?? '') && TIME.test(to ?? '') && from !== to && parseDailySpan(span).ok;
  return isFitting ? span : 'unfit';
}

/** Undefined: nothing was asked for. A day is over before it: who pauses until Friday is told on Friday again. */
function pauseIn(form: Form, now: Instant, zone: string): string | undefined | 'unfit' {
  const pause = wordOf(form.pause);
  if (pause === null) return undefined;
  if (pause in PAUSES) return toRfc3339(later(now, PAUSES[pause as keyof typeof PAUSES] * DAY_MS));
  const day = wordOf(form.pauseUntil);
  if (pause !== 'date' || day === null || !isDate(day)) return 'unfit';
  const until = fromLocal(Date.parse(`${day}T00:00:00Z`), zone);
  return until > now && until <= later(now, PAUSE_MAX_MS) ? toRfc3339(until) : 'unfit';
}

function parsed<T>(schema: z.ZodType<T>, posted: unknown): T | null {
  try {
    return schema.parse(JSON.parse(String(posted)));
  } catch {
    return null;
  }
}
