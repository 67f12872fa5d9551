// What comes back to the envelope sender of a mail: delivery-status reports (RFC 3464), complaints (RFC 5965), the bounces of servers
// that know no such format, and automatic replies (RFC 3834), which are no news. Which message it is about is said by the address
// alone (mail-address.ts): nothing within the mail is believed about that. inbound-smtp.ts brings it here.
import { automaticBy, type Instant, isAwaySubject, withoutAtEnd } from '@relance/core';
import { type ParsedMail, simpleParser } from 'mailparser';
import { diagnosisOf } from './bounce-cause.ts';
import { wordsOf } from './http-judge.ts';
import { isMailAddress } from './mail.ts';
import type { ReceiptNews } from './provider.ts';

export interface BounceReport {
  readonly messageId: string;
  readonly kind: 'bounced' | 'delivered' | 'deferred' | 'complained';
  /** Bounced: the address itself is no good, for good. */
  readonly permanent: boolean;
  /** RFC 3463: `5.1.1`. */
  readonly status: string | null;
  readonly diagnostic: string | null;
  /** Whom it is about: one of those that the mail went to. */
  readonly address: string | null;
  readonly at: Instant | null;
}

export type Returned =
  | { readonly kind: 'reports'; readonly reports: readonly BounceReport[] }
  | { readonly kind: 'automatic reply' }
  /** A person, or what nobody can read. */
  | { readonly kind: 'other' };

const REPORTS_MAX = 50;
const TEXT_MAX = 20_000;
/** Of a header or a field of a report. */
const FIELD_MAX = 1_000;
const PARSING = {
  keepDeliveryStatus: true,
  skipHtmlToText: false,
  skipTextToHtml: true,
  skipImageLinks: true,
} as const;

/** Never throws: whoever can send a mail can send anything. `nullSender`: it came with `MAIL FROM:<>`, as what nobody may answer does. */
export async function readReturned(raw: Buffer, messageId: string, nullSender: boolean): Promise<Returned> {
  let mail: ParsedMail;
  try {
    mail = await simpleParser(raw, { ...PARSING, maxHtmlLengthToParse: TEXT_MAX * 10 });
  } catch {
    return { kind: 'other' };
  }
  const about = { messageId, at: (mail.date?.getTime() ?? null) as Instant | null };
  const reports =
    complaintOf(mail, raw, about) ?? statusOf(mail, about) ?? (isAway(mail) ? null : plainOf(mail, about, nullSender));
  if (reports !== null) return { kind: 'reports', reports: reports.slice(0, REPORTS_MAX) };
  return isAutomatic(mail) ? { kind: 'automatic reply' } : { kind: 'other' };
}

/** Deferred is no news: the server goes on trying. */
export const newsOf = (reports: readonly BounceReport[]): readonly ReceiptNews[] =>
  reports.flatMap(({ messageId, kind, permanent, status, diagnostic, address, at }) =>
    kind === 'deferred'
      ? []
      : [
          {
            message: { id: messageId },
            kind,
            at,
            detail: [status, diagnostic].filter((part) => part !== null).join(' ') || null,
            ...(kind === 'bounced' ? { permanent } : {}),
            ...(address === null ? {} : { address }),
          },
        ],
  );

type About = Pick<BounceReport, 'messageId' | 'at'>;
type Fields = ReadonlyMap<string, string>;

/** Blocks of `Name: value` lines, folded lines joined. */
const blocksOf = (text: string): readonly Fields[] =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+/g, ' ')
    .split(/\n\s*\n/)
    .map(
      (block) =>
        new Map(
          block.split('\n').flatMap((line) => {
            const colon = line.indexOf(':');
            return colon <= 0
              ? []
              : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
          }),
        ),
    )
    .filter((fields) => fields.size > 0);

const partsOf = (mail: ParsedMail, type: RegExp): readonly string[] =>
  mail.attachments
    .filter(({ contentType }) => type.test(contentType))
    .map(({ content }) => content.toString('utf8').slice(0, TEXT_MAX * 5));

/** `rfc822; ana@example.com`: null for other kinds of addresses, and for what is none. */
function addressIn(field: string | undefined): string | null {
  const value = (field ?? '')
    .slice(0, FIELD_MAX)
    .replace(/^(?:rfc822|utf-8)\s{0,9};/i, '')
    .replace(/^[\s<]+/, '');
  const address = withoutAtEnd(value, ' \t\n>');
  return isMailAddress(address) ? address : null;
}

function complaintOf(mail: ParsedMail, raw: Buffer, about: About): readonly BounceReport[] | null {
  const [fields] = partsOf(mail, /^message\/feedback-report$/i).flatMap(blocksOf);
  if (fields === undefined) return complaintOfHotmail(raw, about);
  const type = (fields.get('feedback-type') ?? '').toLowerCase();
  if (type === 'not-spam' || type === 'auth-failure' || type === 'dkim') return [];
  const address = addressIn(fields.get('original-rcpt-to')) ?? addressIn(fields.get('removal-recipient'));
  const diagnostic = `complaint: ${wordsOf(type) || 'abuse'}`;
  return [{ ...about, kind: 'complained', permanent: false, status: null, diagnostic, address }];
}

/** Its feedback loop sends the mail that was complained of, as it is, and says whose it was in a header of that. */
function complaintOfHotmail(raw: Buffer, about: About): readonly BounceReport[] | null {
  const head = raw.subarray(0, TEXT_MAX).toString('latin1');
  const address = addressIn(/^x-hmxmroriginalrecipient: *(\S+)/im.exec(head)?.[1]);
  if (address === null) return null;
  return [{ ...about, kind: 'complained', permanent: false, status: null, diagnostic: 'complaint: abuse', address }];
}

const ACTIONS: Readonly<Record<string, BounceReport['kind'] | null>> = {
  failed: 'bounced',
  failure: 'bounced', // of servers that have not read RFC 3464 well
  failedbymta: 'bounced',
  expired: 'bounced',
  delayed: 'deferred',
  deferred: 'deferred',
  delivered: 'delivered',
  relayed: null, // it has gone to where no reports come from: not delivered yet
  expanded: null,
  deliverable: null, // it was asked, not sent
};

/** One report a recipient; the first block is about the message. */
function statusOf(mail: ParsedMail, about: About): readonly BounceReport[] | null {
  const blocks = partsOf(mail, /^message\/(?:global-)?delivery-status$/i).flatMap(blocksOf);
  const recipients = blocks.filter((fields) => fields.has('action') || fields.has('final-recipient'));
  if (recipients.length === 0) return null;
  return recipients.flatMap((fields): BounceReport[] => {
    const status = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null;
    const action = (fields.get('action') ?? '').toLowerCase().split(/[\s(;]/)[0] ?? '';
    const kind = action in ACTIONS ? (ACTIONS[action] ?? null) : status?.startsWith('5.') ? 'bounced' : null;
    if (kind === null) return [];
    // The first stage of a forwarded mail is the address that we know.
    const address = addressIn(fields.get('original-recipient')) ?? addressIn(fields.get('final-recipient'));
    const said = (fields.get('diagnostic-code') ?? '').replace(/^[a-z0-9-]+\s*;\s*/i, '');
    const diagnosis =
      said === '' ? diagnosisOf(status, (mail.text ?? '').slice(0, TEXT_MAX)) : diagnosisOf(status, said, true);
    const diagnostic = said === '' ? null : wordsOf(said);
    return [
      {
        ...about,
        kind,
        permanent: kind === 'bounced' && diagnosis.permanent,
        status: diagnosis.status,
        diagnostic,
        address,
      },
    ];
  });
}

const FROM_MAILER =
  /^(?:mailer-?daemon|mail-daemon|mail.?delivery.?system|mail.?delivery.?subsystem|post_?master|mdaemon|bounces?|mailadm|system administrator)\b/i;
const FAILURE = new RegExp(
  [
    /undeliver|delivery (?:has )?(?:failed|failure|problem|error)|fail(?:ed|ure)? (?:of )?(?:mail )?delivery|failure notice|mail fail(?:ed|ure)/,
    /delivery status notification|returned (?:mail|to sender)|returning to sender|mail (?:delivery|system) error|non[- ]?deliver|unzustellbar/,
    /(?:could|can|was) ?not (?:be )?(?:deliver|sent)|unable to deliver|did not reach|not able to be\s{1,9}delivered|trouble delivering|failed permanently/,
    /error sending your mail|recipient addresses that were\s{1,9}incorrectly/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);
const DELAY =
  /\b(?:delay(?:ed)?|warning: (?:message|could not)|warning message only|still being retried|not yet been delivered|will (?:keep trying|be retried)|no action is required)\b/i;
const GIVEN_UP = /not going to try again|too long|given up|giving up|expired/i;
const QMAIL = /^Hi\. This is the |qmail-send program|I'm afraid I wasn't able to deliver your message/;

/** Servers that write to people only (qmail, Exim, Exchange and what came before RFC 3464). */
function plainOf(mail: ParsedMail, about: About, nullSender: boolean): readonly BounceReport[] | null {
  const text = (mail.text ?? '').slice(0, TEXT_MAX);
  const failed = headerOf(mail, 'x-failed-recipients');
  const from = mail.from?.value[0] ?? { address: '', name: '' };
  const subject = (mail.subject ?? '').slice(0, FIELD_MAX);
  const mailer =
    nullSender || (from.address ?? '') === '' || FROM_MAILER.test(from.address ?? '') || FROM_MAILER.test(from.name);
  const diagnosis = diagnosisOf(null, text);
  const says = FAILURE.test(subject) || FAILURE.test(text) || diagnosis.status !== null || diagnosis.permanent;
  if (failed === null && !QMAIL.test(text) && !(mailer && (says || DELAY.test(subject)))) return null;
  const { status, words } = diagnosis;
  const address = addressIn(failed?.split(',')[0]) ?? addressIn(/^<([^<>\s]+)>:/m.exec(text)?.[1]);
  const waits = DELAY.test(subject) || (failed === null && DELAY.test(text) && !/^5/.test(status ?? ''));
  if (waits && !GIVEN_UP.test(text))
    return [{ ...about, kind: 'deferred', permanent: false, status, diagnostic: words, address }];
  return [{ ...about, kind: 'bounced', permanent: diagnosis.permanent, status, diagnostic: words, address }];
}

function headerOf(mail: ParsedMail, name: string): string | null {
  const value = mail.headers.get(name);
  return value === undefined ? null : String(Array.isArray(value) ? value[0] : value).slice(0, FIELD_MAX);
}

const isAway = (mail: ParsedMail): boolean => isAwaySubject(mail.subject ?? '');
const isAutomatic = (mail: ParsedMail): boolean =>
  automaticBy({ header: (name) => headerOf(mail, name) }) !== null || isAway(mail);
