// What somebody may do on the page behind a link, beside what their message offers, and the command that a form asks for. A form
// says by `do` what it does, all of them at the address of the page; without it, it does what the link does. Pure.
import { type Command, DAY_MS, endOfDayDue, fromLocal, HOUR_MS, type Instant, isDate, later } from '@relance/core';

/** Beside the actions of messages (action-link.ts): what needs a date or a person, and taking back what one has just said. */
export const PAGE_ACTS = ['commit', 'delegate', 'decline'] as const;
export type PageAct = (typeof PAGE_ACTS)[number];
export const UNDO = 'unacknowledge';

/** What may be taken back where it was said: none of them tells anybody anything. */
export const isUndoable = (name: string): boolean => name === 'acknowledge' || name === 'snooze' || name === 'commit';

export type Form = Readonly<Record<string, unknown>>;

/** `no_time`: no time that can be read. `no_person`: nobody was named. */
export type Asked =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'no_time'; readonly choice: string }
  | { readonly kind: 'no_person' };

export interface AskedOf {
  readonly now: Instant;
  /** IANA: the reader's, in which their dates are meant. */
  readonly zone: string;
  /** Whom `to` or `email` names, who may be given it; null where nobody is. */
  readonly person: string | null;
  /** The policy's own action: what its form says. */
  readonly answer: unknown;
}

const CHOICE_SHOWN_MAX = 40;
/** A day that somebody wants to be reminded on begins then. */
const MORNING_MS = 9 * HOUR_MS;

export function commandAsked(name: string, form: Form, { now, zone, person, answer }: AskedOf): Asked {
  switch (name) {
    case 'acknowledge':
    case UNDO:
      return { kind: 'command', command: { kind: name } };
    case 'resolve':
      return { kind: 'command', command: { kind: 'resolve', outcome: textOf(form.outcome) } };
    case 'snooze': {
      const until = snoozeUntil(form, now, zone);
      return until === null ? noTime(form.on ?? form.for) : { kind: 'command', command: { kind: 'snooze', until } };
    }
    case 'commit': {
      // As a due day: 17:00 (POLICY.md, `due`).
      const by = endOfDayDue(textOf(form.on) ?? '', zone);
      return by === null ? noTime(form.on) : { kind: 'command', command: { kind: 'commit', by } };
    }
    case 'delegate':
      return person === null ? { kind: 'no_person' } : { kind: 'command', command: { kind: 'delegate', to: person } };
    case 'decline':
      return {
        kind: 'command',
        command: { kind: 'decline', why: form.why === 'wrong_person' ? 'wrong_person' : 'declined' },
      };
    default:
      return { kind: 'command', command: { kind: 'answer', action: name, answer } };
  }
}

const noTime = (choice: unknown): Asked => ({
  kind: 'no_time',
  choice: String(choice ?? '').slice(0, CHOICE_SHOWN_MAX),
});

const TEXT_MAX = 200;
function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? null : text.slice(0, TEXT_MAX).toWellFormed();
}

/** `4h` or `3d`, or the morning of a date; the policy's `snooze.max` bounds them all. A day when nothing is chosen. */
const CHOICE = /^(\d{1,4})(h|d)$/;
function snoozeUntil(form: Form, now: Instant, zone: string): Instant | null {
  const on = textOf(form.on);
  if (on !== null) return isDate(on) ? fromLocal(Date.parse(`${on}T00:00:00Z`) + MORNING_MS, zone) : null;
  if (form.for === undefined || form.for === '') return later(now, DAY_MS);
  const [, count, unit] = CHOICE.exec(String(form.for)) ?? [];
  return count === undefined ? null : later(now, Number(count) * (unit === 'h' ? HOUR_MS : DAY_MS));
}

/** Whom a form names: one of those it offers by id, or somebody by their address. */
export function namedIn(form: Form): { readonly id: string } | { readonly email: string } | null {
  const email = textOf(form.email);
  if (email !== null) return { email };
  const id = textOf(form.to);
  return id === null ? null : { id };
}

export const COMMENT_MAX = 4_000;
/** Half a character at the end could not be stored. */
export function commentIn(form: Form): string | null {
  const text = typeof form.comment === 'string' ? form.comment.trim() : '';
  if (text === '') return null;
  const head = text.slice(0, COMMENT_MAX);
  return head.isWellFormed() ? head : head.slice(0, -1);
}
