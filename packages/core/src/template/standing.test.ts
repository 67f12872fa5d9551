// How a follow-up stands, told to readers of several languages and zones, by whoever did it.
import { describe, expect, it } from 'vitest';
import type { Instant } from '../instant.ts';
import { showsOtherwise, standingOf } from './standing.ts';

const at = (text: string): Instant => Date.parse(text) as Instant;
const OPEN = {
  status: 'open',
  assignee: 'ana',
  acknowledgedAt: null,
  acknowledgedBy: null,
  closedAt: null,
  closedBy: null,
  openedAt: at('2026-11-01T09:00:00Z'),
  generation: 1,
} as const;
const nameOf = (id: string | null): string | null => (id === 'bo' ? 'Bo' : id);
const PARIS = { locale: 'en-GB', zone: 'Europe/Paris' };
const closed = (status: 'resolved' | 'cancelled' | 'expired', closedBy: string | null = null) =>
  ({ ...OPEN, status, closedBy, closedAt: at('2026-11-02T08:10:00Z') }) as const;

describe('a standing', () => {
  it.each([
    [closed('resolved', 'bo'), PARIS, 'Done by Bo, 2 Nov, 9:10'],
    [closed('resolved'), PARIS, 'Done, 2 Nov, 9:10'],
    [closed('cancelled', 'bo'), PARIS, 'Cancelled by Bo, 2 Nov, 9:10'],
    [closed('expired'), PARIS, 'Closed because its time ran out, 2 Nov, 9:10'],
    [closed('resolved', 'bo'), { locale: 'fr', zone: 'UTC' }, 'Terminé par Bo, 2 nov., 8:10'],
    [closed('resolved', 'bo'), { locale: 'en-US', zone: 'UTC' }, 'Done by Bo, Nov 2, 8:10 AM'],
    [closed('resolved', 'bo'), { locale: '??', zone: 'UTC' }, 'Done by Bo, Nov 2, 8:10 AM'],
    [
      { ...OPEN, status: 'acknowledged' as const, acknowledgedBy: 'bo', acknowledgedAt: at('2026-11-02T08:10:00Z') },
      PARIS,
      'Bo has this since 2 Nov, 9:10',
    ],
    [{ ...OPEN, assignee: 'bo' }, PARIS, 'Open, with Bo'],
    [{ ...OPEN, assignee: null }, { locale: 'fr', zone: 'UTC' }, 'En attente'],
  ])('%o', (followUp, reading, said) => {
    expect(standingOf(followUp, nameOf, reading)).toBe(said);
  });
});

it('is another one when the status, the people or the generation change, and not when only time passes', () => {
  expect(showsOtherwise(OPEN, { ...OPEN })).toBe(false);
  expect(showsOtherwise(OPEN, closed('resolved', 'bo'))).toBe(true);
  expect(showsOtherwise(OPEN, { ...OPEN, assignee: 'bo' })).toBe(true);
  expect(showsOtherwise(OPEN, { ...OPEN, generation: 2 })).toBe(true);
});
