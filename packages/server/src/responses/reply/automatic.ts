// Whether a program answered: by what it says of itself (RFC 3834, RFC 5546, RFC 8098, and automatic-mail.ts of the core), and where
// it says nothing, by its words. A person must never be lost and a program never be taken for one: what may be either goes on as a
// person's, by way of a help desk, and is for people to read (received.ts).
import { automaticBy, isAwaySubject } from '@relance/core';
import {
  CHALLENGE_HEADERS,
  CHALLENGE_SAYS,
  HELP_DESK_HEADERS,
  HELP_DESK_MAILERS,
  TICKET_SAYS,
} from './automatic-words.ts';
import { WORD_TABLES } from './language.ts';
import type { MailSeen } from './mail-seen.ts';
import { plain } from './plain-words.ts';

/** Why it counts as no answer. */
export type Why = 'auto_submitted' | 'away' | 'challenge' | 'ticket' | 'list' | 'calendar' | 'receipt';

/** How a text came that a person may have written: through a help desk its programs and its people look alike. */
export type Through = 'mailbox' | 'help_desk';

export type Judged = { readonly automatic: Why } | { readonly automatic: null; readonly through: Through };

const READ_MAX = 5_000;
/** A person says that they are away in passing; a program begins with it. */
const AWAY_WITHIN = 600;
/** RFC 5546 §1.4: what calendars answer each other with. `PUBLISH` is a file that anybody attaches. */
const CALENDAR_METHODS = new Set(['REPLY', 'COUNTER', 'DECLINECOUNTER', 'REQUEST', 'CANCEL', 'REFRESH', 'ADD']);
const NOBODY_THERE = /^(?:no-?_?\.?reply|do-?_?not-?_?reply|mailer-daemon|postmaster|noreply-[a-z0-9._-]{1,60})[@+]/i;

const includesOne = (said: string, phrases: readonly string[]): boolean =>
  phrases.some((phrase) => said.includes(phrase));
const AWAY_SAYS = WORD_TABLES.flatMap(({ away }) => away.says).map((phrase) => plain(phrase));
const AWAY_BESIDES = WORD_TABLES.flatMap(({ away }) => away.besides).map((phrase) => plain(phrase));

/** `text`: what is new in it. `nullSender`: it came with `MAIL FROM:<>`, as what nobody may answer does (RFC 3834 §3.3). */
export function judged(mail: MailSeen, text: string, nullSender: boolean): Judged {
  const said = ` ${plain(text.slice(0, READ_MAX)).replace(/[\s.,;:!()"-]+/g, ' ')} `;
  if (mail.type === 'multipart/report') return { automatic: 'receipt' };
  if (mail.calendars.some(({ method }) => method !== null && CALENDAR_METHODS.has(method)))
    return { automatic: 'calendar' };
  if (/calendarmessage/i.test(mail.header('content-class') ?? '')) return { automatic: 'calendar' };
  const subject = ` ${plain(mail.subject).replace(/[\s.,;:!()"-]+/g, ' ')} `;
  if (
    CHALLENGE_HEADERS.some((name) => mail.header(name) !== null) ||
    includesOne(said, CHALLENGE_SAYS) ||
    includesOne(subject, CHALLENGE_SAYS)
  )
    return { automatic: 'challenge' };
  const away = isAwaySubject(mail.subject) || saysAway(said);
  const ticket = includesOne(said, TICKET_SAYS) || includesOne(subject, TICKET_SAYS);
  const by = automaticBy(mail);
  if (away || (by !== null && includesOne(said, AWAY_SAYS))) return { automatic: 'away' };
  if (ticket) return { automatic: 'ticket' };
  const desk = isHelpDesk(mail);
  if (by !== null) return byHeaders(mail, by, desk, nullSender);
  if (nullSender || NOBODY_THERE.test(mail.from.address)) return { automatic: 'auto_submitted' };
  return { automatic: null, through: desk ? 'help_desk' : 'mailbox' };
}

/** A help desk marks what its people write as made by a program; what it says to have replied by itself it has. */
function byHeaders(mail: MailSeen, by: 'auto_submitted' | 'list', desk: boolean, nullSender: boolean): Judged {
  const replied = /^\s*auto-replied/i.test(mail.header('auto-submitted') ?? '');
  if (desk) return replied || nullSender ? { automatic: 'ticket' } : { automatic: null, through: 'help_desk' };
  // RFC 3834 §5.2: `(vacation)` is a comment that programs add.
  if (/vacation/i.test(mail.header('auto-submitted') ?? '') || mail.header('x-vacation') !== null)
    return { automatic: 'away' };
  return { automatic: by };
}

function isHelpDesk({ header }: MailSeen): boolean {
  if (HELP_DESK_HEADERS.some((name) => header(name) !== null)) return true;
  const made =
    `${header('x-mailer') ?? ''} ${header('user-agent') ?? ''} ${header('x-powered-by') ?? ''}`.toLowerCase();
  return includesOne(made, HELP_DESK_MAILERS);
}

/** Says it early on, and what programs say besides. */
const saysAway = (said: string): boolean =>
  includesOne(said.slice(0, AWAY_WITHIN), AWAY_SAYS) && includesOne(said, AWAY_BESIDES);

/** A person's own "I am on holiday until Monday": theirs, and nothing to act on. */
export const mentionsAway = (text: string): boolean => includesOne(` ${plain(text.slice(0, READ_MAX))} `, AWAY_SAYS);
