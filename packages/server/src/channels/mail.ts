// What a mail of ours looks like, whatever brand carries it: who it is from and to, what it says of itself (RFC 3834, RFC 2919,
// RFC 8058), and how the mails of one follow-up are kept together. Nothing a tenant, a recipient or an event says can end a
// header or name another recipient. mail-files.ts adds attachments; mail-address.ts the addresses that come back.
import { domainToASCII } from 'node:url';
import type { SendMailOptions } from 'nodemailer';
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import type { Envelope } from './channel.ts';
import { addressFor } from './mail-address.ts';

/** Who a connection sends as. */
export interface Sender {
  /** `Name <address>` or an address. */
  readonly from: string;
  /** The mailbox that bounces come back to; needs `addressKey`. */
  readonly returnPath?: string | undefined;
  /** The mailbox that replies go to, one address a message; needs `addressKey`. */
  readonly replyTo?: string | undefined;
  readonly addressKey?: Uint8Array | undefined;
}

export interface MailFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface Mail {
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: string | null;
  /** The envelope sender: where bounces go. */
  readonly returnPath: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** With its angle brackets, like `thread`. */
  readonly messageId: string;
  /** All mails of a follow-up refer to one id, which is no mail's: so they are shown together. */
  readonly thread: string;
  readonly list: { readonly id: string; readonly title: string };
  readonly unsubscribeUrl: string | null;
  /** What else it says of itself: ASCII, and made by us. */
  readonly headers: Readonly<Record<string, string>>;
  readonly files: readonly MailFile[];
}

/** Longer ones break the line limit of RFC 5322 §2.1.1 where they have no spaces, and are cut by readers anyway. */
const SUBJECT_MAX = 500;
const NAME_MAX = 100;
const LABEL_MAX = 63;

// RFC 5321 §4.1.2 allows more; what is refused here is what could start a new header or command.
const ADDRESS =
  /^[^\s@<>"(),:;\\\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,64}@[^\s@<>"(),:;\\\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,255}$/;
export const isMailAddress = (address: string): boolean => ADDRESS.test(address) && address.isWellFormed();

/** The address within `Name <address>`. */
export const addressWithin = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();

/** `Name <address>` or an address, on one line. */
export const isSender = (from: string): boolean =>
  !/[\u0000-\u001f\u007f]/.test(from) && isMailAddress(addressWithin(from));

/** On one line, whole characters only, and no longer than that. */
const oneLine = (text: string, max: number): string => {
  const line = text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return line.length <= max
    ? line
    : `${line
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`;
};

/** As DNS knows it: Message-ID and List-Id are ASCII. */
const domainOf = (from: string): string =>
  domainToASCII(addressWithin(from).split('@').pop() ?? '') || 'relance.invalid';

/** Null when the address is none. */
export function mailOf(sender: Sender, envelope: Envelope, files: readonly MailFile[]): Mail | null {
  const { content, recipient, address, id } = envelope;
  if (address === null || !isMailAddress(address)) return null;
  const domain = domainOf(sender.from);
  const copies = envelope.copies.filter((copy) => isMailAddress(copy.address) && copy.address !== address);
  const { returnPath, replyTo, addressKey } = sender;
  return {
    from: sender.from,
    to: { name: recipient.name === null ? '' : oneLine(recipient.name, NAME_MAX), address },
    cc: copies.filter(({ as }) => as === 'cc').map((copy) => copy.address),
    bcc: copies.filter(({ as }) => as === 'bcc').map((copy) => copy.address),
    replyTo: replyTo === undefined || addressKey === undefined ? null : addressFor(replyTo, 'reply', id, addressKey),
    returnPath:
      returnPath === undefined || addressKey === undefined
        ? addressWithin(sender.from)
        : addressFor(returnPath, 'bounce', id, addressKey),
    subject: oneLine(content.subject ?? envelope.policyTitle, SUBJECT_MAX),
    text: content.text.toWellFormed(),
    html: content.html?.toWellFormed() ?? null,
    messageId: `<${id}@${domain}>`,
    // One that is about several belongs to the thread of none.
    thread: (envelope.carries ?? 0) > 0 ? `<digest.${id}@${domain}>` : `<follow-up.${envelope.followUp}@${domain}>`,
    list: {
      id: `${envelope.policy.replace(/[^A-Za-z0-9-]/g, '-').slice(0, LABEL_MAX)}.${domain}`,
      title: oneLine(envelope.policyTitle, NAME_MAX).replace(/[<>"]/g, '').replaceAll('=?', '= ?'),
    },
    unsubscribeUrl: plainUrl(envelope.unsubscribeUrl),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Relance-Follow-Up': envelope.followUp },
    files,
  };
}

/** As it may stand between angle brackets: ASCII, and no bracket, comma or space of its own. */
const plainUrl = (url: string | null): string | null =>
  url !== null && URL.canParse(url) ? new URL(url).href.replace(/[<>,\s]/g, encodeURIComponent) : null;

/** RFC 8058 §3.1: one click only over https. */
export const oneClick = (url: string): boolean => url.startsWith('https:');

/** The headers of a mailing list as brands take them that have no notion of one. */
export const listHeaders = ({ list, unsubscribeUrl }: Mail): Record<string, string> => ({
  'List-Id': `<${list.id}>`,
  ...(unsubscribeUrl === null ? {} : { 'List-Unsubscribe': `<${unsubscribeUrl}>` }),
  ...(unsubscribeUrl !== null && oneClick(unsubscribeUrl)
    ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {}),
});

/** Text that looks encoded (RFC 2047) would be decoded, into line breaks even, by whoever shows it: so it is encoded as it stands. */
const literal = (text: string): string => (text.includes('=?') ? encodeWord(text, 'B', ENCODED_WORD_MAX) : text);
const ENCODED_WORD_MAX = 52;

/** What goes as it stands: short lines of ASCII without spaces at their end, that no reader joins or cuts. */
const PLAIN = /^(?:[!-~](?:[ -~]{0,74}[!-~])?)?(?:\n(?:[!-~](?:[ -~]{0,74}[!-~])?)?)*$/;

/** As nodemailer composes it. The envelope is the transport's. */
export function composed(mail: Mail): SendMailOptions {
  const { to, cc, list, unsubscribeUrl } = mail;
  const post = unsubscribeUrl !== null && oneClick(unsubscribeUrl);
  return {
    from: mail.from,
    to: to.name === '' ? to.address : { name: literal(to.name), address: to.address },
    ...(cc.length === 0 ? {} : { cc: cc.map((address) => ({ name: '', address })) }),
    ...(mail.replyTo === null ? {} : { replyTo: mail.replyTo }),
    subject: literal(mail.subject),
    text: mail.text,
    ...(mail.html === null ? {} : { html: mail.html }),
    messageId: mail.messageId,
    references: [mail.thread],
    inReplyTo: mail.thread,
    headers: { ...mail.headers, ...(post ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}) },
    list: {
      id: { url: list.id, comment: list.title },
      ...(unsubscribeUrl === null ? {} : { unsubscribe: { url: unsubscribeUrl } }),
    },
    attachments: mail.files.map(({ filename, contentType, content }) => ({ filename, contentType, content })),
    disableFileAccess: true,
    disableUrlAccess: true,
    textEncoding: 'quoted-printable',
    // Lines of any length, and the words come out as they went in; encoding costs more than all the rest, so only where it has to be.
    ...(PLAIN.test(mail.text) ? {} : { encoding: 'quoted-printable' }),
  };
}
