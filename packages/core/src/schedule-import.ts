// Events of somebody else's calendar as overrides of a schedule: an event names its people by recipient ids of our own, by
// the addresses of those who take part, or by its title. An event that names nobody known, or a name that two people
// have, is left out and told of: nobody is put on call by guessing. An event imported again replaces what it was; a
// cancelled one removes it. The text is read by schedule-icalendar.ts; the server finds the people in its directory.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { toRfc3339 } from './instant.ts';
import type { CalendarEvent, NamedPerson } from './schedule-icalendar.ts';
import type { WrittenOverride, WrittenSchedule } from './schedule-schema.ts';

/** A title is a line, not a letter. */
const TITLE_LENGTH_MAX = 300;

/** `On call - Ana García - Primary`, `Primary: Ana`; not the hyphen of Jean-Luc. */
const PARTS = /\s[-–—]\s|[:|/()]/;
/** `Ana, Bo`, `Ana & Bo`. */
const TOGETHER = /[,;&+]|\sand\s/i;

/** Who the title may name: first the whole, then its parts, then the several people of each part. */
function namesOf(summary: string): readonly (readonly (readonly string[])[])[] {
  const title = summary
    .slice(0, TITLE_LENGTH_MAX)
    .replace(/^\s*\[[^\]]*\]/, '')
    .trim();
  const parts = title
    .split(PARTS)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [
    [[title]],
    parts.map((part) => [part]),
    parts.map((part) =>
      part
        .split(TOGETHER)
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  ].map((tier) => tier.map((names) => names.map((name) => name.replace(/^@/, ''))));
}

/** Every text by which the events may name somebody: the server looks up ids, names and email addresses among them. */
export function wantedNames(events: readonly CalendarEvent[]): readonly string[] {
  const wanted = new Set<string>();
  for (const { recipients, emails, summary } of events) {
    for (const text of [...recipients, ...emails, ...namesOf(summary).flat(2)]) wanted.add(text);
  }
  wanted.delete('');
  return [...wanted];
}

export interface Imported {
  readonly overrides: readonly WrittenOverride[];
  /** Ids of the overrides whose events are cancelled. */
  readonly cancelled: readonly string[];
  readonly skipped: readonly { readonly uid: string | null; readonly summary: string; readonly reason: string }[];
}

export function overridesFromEvents(
  events: readonly CalendarEvent[],
  people: readonly NamedPerson[],
  level = 1,
): Imported {
  const book = bookOf(people);
  const overrides = new Map<string, WrittenOverride>();
  const cancelled = new Set<string>();
  const skipped: Imported['skipped'][number][] = [];
  for (const event of events) {
    const id = overrideIdOf(event);
    if (event.cancelled) {
      cancelled.add(id);
      continue;
    }
    const who = event.span === null ? (event.problem ?? '') : peopleOf(event, book);
    const reason = typeof who === 'string' ? who : overrides.has(id) ? 'has the UID of an earlier one' : null;
    if (reason !== null || event.span === null || typeof who === 'string') {
      skipped.push({ uid: event.uid, summary: event.summary, reason: reason ?? '' });
      continue;
    }
    const { from, until } = event.span;
    overrides.set(id, {
      id,
      from: toRfc3339(from),
      to: toRfc3339(until),
      ...(who.length === 1 ? { recipient: who[0] } : { recipients: [...who] }),
      ...(level === 1 ? {} : { level }),
    });
  }
  return { overrides: [...overrides.values()], cancelled: [...cancelled], skipped };
}

/** The UID where it can be an id; otherwise one made of it, or of the event itself, so that it is the same next time. */
function overrideIdOf({ uid, summary, span }: CalendarEvent): string {
  if (uid !== null && uid.length <= 200 && /^[^\p{Cc}/]+$/u.test(uid)) return uid;
  const known = uid ?? `${span?.from} ${span?.until} ${summary}`;
  return `event-${bytesToHex(sha256(utf8ToBytes(known))).slice(0, 32)}`;
}

type Book = ReadonlyMap<string, ReadonlySet<string>>;
const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** By id as it is, and by name and address in any case. */
function bookOf(people: readonly NamedPerson[]): Book {
  const book = new Map<string, Set<string>>();
  const add = (name: string, id: string): void => {
    const known = book.get(name) ?? new Set();
    book.set(name, known.add(id));
  };
  for (const { id, name, email } of people) {
    add(`id ${id}`, id);
    for (const text of [name, email]) if (text !== null && text !== '') add(`name ${fold(text)}`, id);
  }
  return book;
}

const find = (book: Book, text: string): ReadonlySet<string> =>
  book.get(`id ${text}`) ?? book.get(`name ${fold(text)}`) ?? new Set();

/** The recipients an event names, or why it is left out. */
function peopleOf({ recipients, emails, summary }: CalendarEvent, book: Book): readonly string[] | string {
  if (recipients.length > 0) return everyOne(recipients, book);
  const known = emails.filter((email) => find(book, email).size > 0);
  if (known.length > 0) return everyOne(known, book);
  for (const tier of namesOf(summary)) {
    const named = tier.filter((names) => names.some((name) => find(book, name).size > 0));
    if (named.length > 0) return everyOne(named.flat(), book);
  }
  return 'names nobody who is known';
}

function everyOne(names: readonly string[], book: Book): readonly string[] | string {
  const ids = new Set<string>();
  for (const name of names) {
    const [id, another] = find(book, name);
    if (id === undefined) return `names "${name}", who is not known`;
    if (another !== undefined) return `names "${name}", and several people are called so`;
    ids.add(id);
  }
  return [...ids];
}

/** In the place of their namesakes, new ones at the end; cancelled ones are gone. */
export function mergeOverrides(schedule: WrittenSchedule, imported: Imported): WrittenSchedule {
  const fresh = new Map(imported.overrides.map((one) => [one.id, one]));
  const gone = new Set(imported.cancelled);
  const kept = schedule.overrides.flatMap((one) => {
    const changed = fresh.get(one.id) ?? one;
    fresh.delete(one.id);
    return gone.has(one.id) ? [] : [changed];
  });
  return { ...schedule, overrides: [...kept, ...[...fresh.values()].filter(({ id }) => !gone.has(id))] };
}
