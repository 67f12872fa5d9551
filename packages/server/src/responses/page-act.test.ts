// What a form of an action page asks for: dates in the reader's zone, people by id or address, and what cannot be read.
import { type Instant, instant } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { commandAsked, commentIn, type Form, namedIn } from './page-act.ts';

const NOW = instant(Date.UTC(2026, 10, 2, 9));
const at = (text: string): Instant => Date.parse(text) as Instant;
const asked = (name: string, form: Form, person: string | null = null, zone = 'Europe/Madrid') =>
  commandAsked(name, form, { now: NOW, zone, person, answer: 'said' });
const command = (name: string, form: Form = {}, person: string | null = null) => {
  const read = asked(name, form, person);
  return read.kind === 'command' ? read.command : read;
};

describe('a form', () => {
  it.each([
    ['acknowledge', {}, { kind: 'acknowledge' }],
    ['unacknowledge', {}, { kind: 'unacknowledge' }],
    ['resolve', {}, { kind: 'resolve', outcome: null }],
    ['resolve', { outcome: ' paid ' }, { kind: 'resolve', outcome: 'paid' }],
    ['snooze', {}, { kind: 'snooze', until: at('2026-11-03T09:00:00Z') }],
    ['snooze', { for: '4h' }, { kind: 'snooze', until: at('2026-11-02T13:00:00Z') }],
    ['snooze', { for: '4h', on: '2026-11-05' }, { kind: 'snooze', until: at('2026-11-05T08:00:00Z') }],
    ['snooze', { for: '4h', on: '' }, { kind: 'snooze', until: at('2026-11-02T13:00:00Z') }],
    ['commit', { on: '2026-11-06' }, { kind: 'commit', by: at('2026-11-06T16:00:00Z') }],
    ['decline', {}, { kind: 'decline', why: 'declined' }],
    ['decline', { why: 'wrong_person' }, { kind: 'decline', why: 'wrong_person' }],
    ['approve', {}, { kind: 'answer', action: 'approve', answer: 'said' }],
  ])('that says %s with %j', (name, form, expected) => expect(command(name, form)).toEqual(expected));

  it('names whom it is given to', () => {
    expect(command('delegate', {}, 'bo')).toEqual({ kind: 'delegate', to: 'bo' });
    expect(asked('delegate', {})).toEqual({ kind: 'no_person' });
    expect([namedIn({ to: 'bo' }), namedIn({ to: 'bo', email: 'c@x.test' }), namedIn({ to: ' ' })]).toEqual([
      { id: 'bo' },
      { email: 'c@x.test' },
      null,
    ]);
  });

  it.each([
    ['snooze', { for: 'soon' }, 'soon'],
    ['snooze', { on: '2026-02-31' }, '2026-02-31'],
    ['commit', {}, ''],
    ['commit', { on: 'Friday' }, 'Friday'],
    ['commit', { on: `2026-${'9'.repeat(100)}` }, `2026-${'9'.repeat(35)}`],
  ])('whose time cannot be read: %s %j', (name, form, choice) =>
    expect(asked(name, form)).toEqual({ kind: 'no_time', choice }),
  );

  it('has a note of which half a character is left out', () => {
    expect(commentIn({ comment: `${'a'.repeat(3_999)}😀` })).toBe('a'.repeat(3_999));
    expect([commentIn({}), commentIn({ comment: '  ' }), commentIn({ comment: ' so ' })]).toEqual([null, null, 'so']);
  });
});
