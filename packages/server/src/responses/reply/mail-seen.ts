// One mail as those see it who judge it: its headers by name, its type, its texts. Parsed once; nothing in it is believed yet.
import { type ParsedMail, simpleParser } from 'mailparser';

export interface CalendarPart {
  /** RFC 5546 §1.4, in capitals; null where none is said. */
  readonly method: string | null;
}

export interface MailSeen {
  /** The first value of a header, by its name in small letters; null where there is none. */
  readonly header: (name: string) => string | null;
  readonly subject: string;
  readonly from: { readonly name: string; readonly address: string };
  /** In small letters: `multipart/report`. */
  readonly type: string;
  /** RFC 6522 §3: `delivery-status`; null where it is no report. */
  readonly reportType: string | null;
  readonly calendars: readonly CalendarPart[];
  /** Empty where there is none. */
  readonly text: string;
  readonly html: string;
  /** Whether all of its texts were read: not so where more of them may stand behind what is too long to parse. */
  readonly whole: boolean;
}

/** Texts stand before files. Parsing stops everything else meanwhile, and ten times this takes seconds. */
const PARSED_MAX = 1_000_000;
const FIELD_MAX = 1_000;
const CALENDAR_READ_MAX = 5_000;
const CALENDARS_MAX = 5;
/** What a mail is parsed with: no text is made of HTML nor HTML of text, and no picture is moved into it. */
const PARSING = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true } as const;

/** Null for what nobody can parse. Never throws: whoever can send a mail can send anything. */
export async function mailSeen(raw: Buffer): Promise<MailSeen | null> {
  let mail: ParsedMail;
  try {
    mail = await simpleParser(raw.subarray(0, PARSED_MAX), PARSING);
  } catch {
    return null;
  }
  const from = mail.from?.value[0];
  const type = mail.headers.get('content-type');
  return {
    header: (name) => lineNamed(mail, name),
    subject: (mail.subject ?? '').slice(0, FIELD_MAX),
    from: { name: (from?.name ?? '').slice(0, FIELD_MAX), address: (from?.address ?? '').slice(0, FIELD_MAX) },
    type: (
      /^[a-z]{1,20}\/[a-z0-9.+-]{1,60}/i.exec(lineNamed(mail, 'content-type') ?? '')?.[0] ?? 'text/plain'
    ).toLowerCase(),
    reportType: paramOf(type, 'report-type')?.toLowerCase() ?? null,
    calendars: calendarsOf(mail),
    text: mail.text ?? '',
    whole: isWhole(raw),
    html: mail.html === false || mail.html === undefined ? '' : mail.html,
  };
}

function isWhole(raw: Buffer): boolean {
  if (raw.length <= PARSED_MAX) return true;
  const parsed = raw.subarray(0, PARSED_MAX).toString('latin1').toLowerCase();
  const last = parsed.lastIndexOf('content-type:');
  const cutWithinText = last < 0 || TEXT_PART.test(parsed.slice(last, last + FIELD_MAX));
  return !cutWithinText && !TEXT_PART.test(raw.subarray(PARSED_MAX).toString('latin1'));
}
const TEXT_PART = /content-type:\s{0,9}text\//i;

/** As it stands in the mail, its folded lines joined: the parser would take some apart. */
function lineNamed(mail: ParsedMail, name: string): string | null {
  const line = mail.headerLines.find(({ key }) => key === name)?.line.slice(0, FIELD_MAX);
  return line === undefined
    ? null
    : line
        .slice(line.indexOf(':') + 1)
        .replace(/\s+/g, ' ')
        .trim();
}

function paramOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null || !('params' in value)) return null;
  const { params } = value;
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name)) return null;
  return String((params as Record<string, unknown>)[name]).slice(0, FIELD_MAX);
}

function calendarsOf(mail: ParsedMail): readonly CalendarPart[] {
  return mail.attachments
    .filter(({ contentType }) => /^(?:text\/calendar|application\/ics)$/i.test(contentType))
    .slice(0, CALENDARS_MAX)
    .map(({ headers, content }) => {
      const said = paramOf(headers.get('content-type'), 'method');
      const within = /^METHOD:[ \t]{0,9}([A-Z]{1,20})/im.exec(
        content.subarray(0, CALENDAR_READ_MAX).toString('latin1'),
      )?.[1];
      return { method: (said ?? within ?? null)?.toUpperCase() ?? null };
    });
}
