// How far a stream of an inbox has told: the `id:` of its events, and what a client that lost its connection sends back
// (Last-Event-ID, WHATWG HTML §9.2.4). Changes of one moment commit in any order, so a number alone would pass over one that
// commits after a higher one was told. The id therefore names, beside the newest change, those of the moment before it that
// were told: what of that moment is not among them is still to be told. Stateless: any node can resume any stream.
//
//   1234            all up to 1234            1234~1233.1230            1234, and of its moment 1233 and 1230

export interface InboxCursor {
  readonly last: number;
  /** Told of the moment before `last`; null: all of it. */
  readonly told: readonly number[] | null;
}

/** A change as far as its place is concerned. */
export interface Change {
  readonly changed: number;
  /** The server's clock, when its number was taken. */
  readonly changed_at: number;
}

/** Longer than a transaction that changes an inbox can take: its statements are cut before. */
export const MOMENT_MS = 60_000;
const TOLD_MAX = 50;
const WRITTEN = /^(\d{1,15})(?:~((?:\d{1,15}(?:\.\d{1,15}){0,99})?))?$/;

/** Null for what is not one of ours: such a client begins with what comes now. */
export function readInboxCursor(text: unknown): InboxCursor | null {
  const found = typeof text === 'string' ? WRITTEN.exec(text) : null;
  if (found === null) return null;
  const [, last, told] = found;
  return {
    last: Number(last),
    told: told === undefined ? null : told === '' ? [] : told.split('.').map(Number),
  };
}

/** `told`: what was told so far, this change included. */
export function writeInboxCursor(newest: Change, told: Iterable<Change>): string {
  const others = [...told]
    .filter(({ changed, changed_at: at }) => changed < newest.changed && at >= newest.changed_at - MOMENT_MS)
    .map(({ changed }) => changed)
    .sort((a, b) => b - a)
    .slice(0, TOLD_MAX);
  return `${newest.changed}~${others.join('.')}`;
}

/** Of the newest changes up to the cursor's, those that whoever sent it has been told. */
export function toldBefore<T extends Change>(cursor: InboxCursor, upTo: readonly T[]): readonly T[] {
  const newest = upTo.find(({ changed }) => changed === cursor.last);
  if (cursor.told === null) return upTo;
  const told = new Set(cursor.told);
  // The newest may have changed again since; then its moment is taken to be that of the newest that is left.
  const since = (newest ?? upTo[0])?.changed_at ?? 0;
  return upTo.filter(
    ({ changed, changed_at: at }) => changed === cursor.last || told.has(changed) || at < since - MOMENT_MS,
  );
}
