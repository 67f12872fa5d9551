// What a stream has told: what comes late is told, what was told is not told again, and what is asked for does not grow with time.
import { HOUR_MS, type Instant, later } from '@relance/core';
import { expect, it } from 'vitest';
import type { InboxRow } from '../store/sql/inbox-list.ts';
import { readInboxCursor } from './inbox-cursor.ts';
import { beginTold, lookedAt, note, OVERLAP, placeOf, type Told, toldAfter } from './inbox-told.ts';

const NOW = Date.UTC(2026, 10, 28) as Instant;
const row = (changed: number, at = NOW, more: Partial<InboxRow> = {}): InboxRow =>
  ({ changed, changed_at: at, seq: changed, read_at: null, archived_at: null, ...more }) as InboxRow;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** As the statement does. */
function look(told: Told, table: readonly InboxRow[], now: Instant, limit = 100): readonly number[] {
  const asked = new Set(toldAfter(told));
  const rows = table.filter(({ changed }) => changed > told.after && !asked.has(changed)).slice(0, limit);
  for (const one of rows) note(told, one);
  lookedAt(told, rows, rows.length < limit, now);
  return rows.map(({ changed }) => changed);
}

it('tells once what comes, in whichever order it commits', () => {
  const told = beginTold(null, [row(5), row(3)]);
  expect(look(told, [row(3), row(5)], NOW)).toEqual([]);
  expect(look(told, [row(3), row(5), row(9)], NOW)).toEqual([9]);
  expect(look(told, [row(3), row(4), row(5), row(9)], NOW)).toEqual([4]);
  expect(look(told, [row(3), row(4), row(5), row(9)], NOW)).toEqual([]);
  expect(placeOf(told)).toBe('9~5.4.3');
});

it('tells whoever comes back what had not been told of the moment they left', () => {
  const upTo = [row(9), row(7), row(5)];
  const told = beginTold(readInboxCursor('9~5'), upTo);
  // An hour of silence does not make it old before it was looked at.
  expect(look(told, [row(5), row(7), row(9), row(12)], later(NOW, 3 * HOUR_MS))).toEqual([7, 12]);
});

it('asks for what an hour has passed over no more', () => {
  const told = beginTold(
    null,
    range(1, 30)
      .map((n) => row(n))
      .reverse(),
  );
  const table = range(1, 30).map((n) => row(n));
  look(told, table, later(NOW, HOUR_MS));
  expect([told.after, toldAfter(told).length]).toEqual([0, 30]);
  look(told, table, later(NOW, HOUR_MS + 1));
  expect([told.after, toldAfter(told)]).toEqual([30, []]);
  expect(placeOf(told)).toMatch(/^30~29\.28/); // the place stays
});

it('keeps no more than it needs, however much comes', () => {
  const told = beginTold(
    null,
    range(1, OVERLAP)
      .map((n) => row(n))
      .reverse(),
  );
  const table = range(1, 5_000).map((n) => row(n));
  const seen: number[] = [];
  for (let looks = 0; looks < 60; looks++) seen.push(...look(told, table, NOW));
  expect(seen).toEqual(range(OVERLAP + 1, 5_000));
  expect(told.changes.size).toBeLessThanOrEqual(2 * OVERLAP);
  expect(toldAfter(told).length).toBeLessThanOrEqual(2 * OVERLAP);
});

it('loses nothing of many that come late at once', () => {
  const told = beginTold(null, []);
  expect(look(told, [row(1_000)], NOW)).toEqual([1_000]);
  const table = [...range(1, 450).map((n) => row(n)), row(1_000)];
  const seen: number[] = [];
  for (let looks = 0; looks < 6; looks++) seen.push(...look(told, table, NOW));
  expect(seen).toEqual(range(1, 450));
});

it('names what happened', () => {
  const told = beginTold(null, [row(5)]);
  expect([
    note(told, row(6)),
    note(told, row(7, NOW, { seq: 5, read_at: NOW })),
    note(told, row(9, NOW, { read_at: NOW })), // new to the client, though it was read elsewhere
    note(told, row(10, NOW, { seq: 6, archived_at: NOW })),
  ]).toEqual(['message', 'read', 'message', 'archived']);
});
