// How a follow-up stands, in one sentence of the reader's language: what takes the place of the buttons when a chat message is
// rewritten. The words around it are built-in.ts. A language that is not here is read in English.
import { dateFormat } from '../date-format.ts';
import type { FollowUp } from '../follow-up.ts';
import type { Instant } from '../instant.ts';
import type { Reading } from '../recipient.ts';

type By = string | null;
interface StandingWords {
  readonly done: (by: By, at: string) => string;
  readonly cancelled: (by: By, at: string) => string;
  readonly expired: (at: string) => string;
  readonly acknowledged: (by: By, at: string) => string;
  readonly open: (assignee: By) => string;
}

const WORDS: Readonly<Record<string, StandingWords>> = {
  en: {
    done: (by, at) => `Done${by === null ? '' : ` by ${by}`}, ${at}`,
    cancelled: (by, at) => `Cancelled${by === null ? '' : ` by ${by}`}, ${at}`,
    expired: (at) => `Closed because its time ran out, ${at}`,
    acknowledged: (by, at) => `${by ?? 'Somebody'} has this since ${at}`,
    open: (assignee) => (assignee === null ? 'Open' : `Open, with ${assignee}`),
  },
  fr: {
    done: (by, at) => `Terminé${by === null ? '' : ` par ${by}`}, ${at}`,
    cancelled: (by, at) => `Annulé${by === null ? '' : ` par ${by}`}, ${at}`,
    expired: (at) => `Clos car le délai est passé, ${at}`,
    acknowledged: (by, at) => `Pris en charge${by === null ? '' : ` par ${by}`} depuis ${at}`,
    open: (assignee) => (assignee === null ? 'En attente' : `En attente, auprès de ${assignee}`),
  },
};

const SHORT: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' };

type Stood = Pick<
  FollowUp,
  'status' | 'assignee' | 'acknowledgedAt' | 'acknowledgedBy' | 'closedAt' | 'closedBy' | 'openedAt'
>;

/** `nameOf`: how people call whoever has this id. Plain text, on one line. */
export function standingOf(followUp: Stood, nameOf: (id: string | null) => By, { locale, zone }: Reading): string {
  const words = WORDS[locale.slice(0, 2).toLowerCase()] ?? (WORDS.en as StandingWords);
  const at = (instant: Instant | null): string =>
    dateFormat(locale, zone, 'short', SHORT)
      .format(instant ?? followUp.openedAt)
      .replaceAll('\u202f', ' ');
  switch (followUp.status) {
    case 'resolved':
      return words.done(nameOf(followUp.closedBy), at(followUp.closedAt));
    case 'cancelled':
      return words.cancelled(nameOf(followUp.closedBy), at(followUp.closedAt));
    case 'expired':
      return words.expired(at(followUp.closedAt));
    case 'acknowledged':
      return words.acknowledged(nameOf(followUp.acknowledgedBy), at(followUp.acknowledgedAt));
    case 'open':
      return words.open(nameOf(followUp.assignee));
  }
}

/** What somebody who looks at it sees of a follow-up: when one of these changes, what was sent before says what is no longer so. */
export type Shown = Pick<FollowUp, 'status' | 'assignee' | 'acknowledgedBy' | 'closedBy' | 'generation'>;
export const showsOtherwise = (before: Shown, after: Shown): boolean =>
  before.status !== after.status ||
  before.assignee !== after.assignee ||
  before.acknowledgedBy !== after.acknowledgedBy ||
  before.closedBy !== after.closedBy ||
  before.generation !== after.generation;
