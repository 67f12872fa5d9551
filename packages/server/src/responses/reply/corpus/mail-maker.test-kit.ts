// Raw mails for the corpus, put together as mail programs and servers put them: headers, parts, encodings. Made up after the RFCs and
// what the programs are documented to send; no mail of anybody's is in it.

export interface Expected {
  readonly kind: 'automatic' | 'report' | 'human';
  readonly why?: string;
  /** `from..until`, of somebody who is away. */
  readonly away?: string;
  readonly through?: 'mailbox' | 'help_desk';
  /** All that is new in it, blanks and lines alike. */
  readonly text?: string;
  /** As in `told` of corpus.test.ts. */
  readonly meaning?: string;
}

export interface Specimen extends Expected {
  readonly name: string;
  readonly raw: Buffer;
  readonly locale: string;
  /** It came with `MAIL FROM:<>`. */
  readonly nullSender: boolean;
  /** An answer of an earlier mail stands in it, quoted: it must not come out. */
  readonly old: string | null;
}

export type Encoding = '7bit' | '8bit' | 'base64' | 'quoted-printable';
export interface Part {
  readonly type: string;
  readonly body: string;
  readonly encoding?: Encoding;
  readonly charset?: 'utf-8' | 'iso-8859-1' | 'windows-1252';
  readonly headers?: string;
}

const CRLF = /\r?\n/g;
const BINARY = 'latin1';

function encoded(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'base64') return (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');
  if (encoding !== 'quoted-printable') return bytes.toString(BINARY);
  const lines = bytes.toString(BINARY).split('\r\n');
  return lines
    .map((line) => wrapped(line.replace(/[^ -<>-~\t]/g, (sign) => `=${hex(sign)}`).replace(/ $/, '=20')))
    .join('\r\n');
}
const hex = (sign: string): string => sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
/** Soft line breaks, never within an escape. */
const wrapped = (line: string): string => (line.match(/(?:=[0-9A-F]{2}|[^=]){1,70}/g) ?? []).join('=\r\n');

/** As bytes in a string, each character one of them. */
export function partText({ type, body, encoding = '8bit', charset = 'utf-8', headers = '' }: Part): string {
  const text = body.replace(CRLF, '\r\n');
  const bytes = Buffer.from(text, charset === 'utf-8' ? 'utf8' : BINARY);
  return `Content-Type: ${type}${type.startsWith('text/') ? `; charset=${charset}` : ''}\r\nContent-Transfer-Encoding: ${encoding}\r\n${headers}\r\n${encoded(bytes, encoding)}\r\n`;
}

export function multipart(type: string, parts: readonly string[], params = ''): string {
  const boundary = `=_${type.replace('/', '_')}_${parts.length}`;
  return `Content-Type: ${type}; boundary="${boundary}"${params}\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`;
}

/** RFC 2047, as programs write what is not ASCII. */
export const word = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

export interface Head {
  readonly from?: string;
  readonly subject?: string;
  /** Whole lines, each with its end. */
  readonly more?: string;
}

/** `content`: a part or a multipart, with its own headers. */
export function mail(
  content: string,
  { from = 'Ana Lopez <ana.lopez@client.example>', subject = 'Re: Invoice 42', more = '' }: Head = {},
): Buffer {
  const at = from.lastIndexOf('<');
  const sender = at < 0 ? from : `${word(from.slice(0, at).trim())} ${from.slice(at)}`;
  return Buffer.from(
    `Received: from mx.client.example by mail.acme.example; Mon, 2 Nov 2026 10:00:00 +0100\r\nFrom: ${sender}\r\nTo: <reply+token@mail.acme.example>\r\nSubject: ${word(subject)}\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@client.example>\r\nIn-Reply-To: <0@acme.example>\r\nMIME-Version: 1.0\r\n${more.replace(CRLF, '\r\n')}${content}`,
    BINARY,
  );
}

export const plainMail = (body: string, head: Head = {}, part: Partial<Part> = {}): Buffer =>
  mail(partText({ type: 'text/plain', body, ...part }), head);

export const specimen = (
  name: string,
  raw: Buffer,
  expected: Expected,
  more: Partial<Pick<Specimen, 'locale' | 'nullSender' | 'old'>> = {},
): Specimen => ({
  name,
  raw,
  locale: 'en',
  nullSender: false,
  old: null,
  ...expected,
  ...more,
});
