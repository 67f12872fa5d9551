// Addresses that find their message again: the envelope sender of every mail (VERP), to which bounces come back, and the
// address of its replies. `bounces+<token>@mail.example.com`; the token is the message id and a piece of an HMAC over what it is for,
// so that nobody can make one up, and one of a bounce is none of a reply. Pure; inbound-smtp.ts reads them.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { domainToASCII } from 'node:url';

export type AddressPurpose = 'bounce' | 'reply';

const ID_BYTES = 16;
/** 80 bits: more than the 64 that nobody guesses over SMTP, and id and proof are 42 characters together. */
const PROOF_BYTES = 10;
/** RFC 4648 §6, in lower case: relays change the case of what stands before the @. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const TOKEN_LENGTH = Math.ceil(((ID_BYTES + PROOF_BYTES) * 8) / 5);
/** RFC 5321 §4.5.3.1.1, in octets. */
const LOCAL_PART_MAX = 64;
const MAILBOX = new RegExp(`^[a-z0-9._-]{1,${LOCAL_PART_MAX - TOKEN_LENGTH - 1}}@[^\\s@<>"(),:;\\\\]{1,200}$`, 'i');

/** A mailbox that tokens can be put into: `bounces@mail.example.com`. Null, else what is wrong with it. */
export const mailboxProblem = (mailbox: string): string | null =>
  MAILBOX.test(mailbox) && domainToASCII(mailbox.slice(mailbox.indexOf('@') + 1)) !== ''
    ? null
    : `must be an address like bounces@mail.example.com, with at most ${LOCAL_PART_MAX - TOKEN_LENGTH - 1} letters, digits, dots and dashes before the @`;

/** The address of one message. `messageId`: a UUID. */
export function addressFor(mailbox: string, purpose: AddressPurpose, messageId: string, key: Uint8Array): string {
  const id = Buffer.from(messageId.replaceAll('-', ''), 'hex');
  const at = mailbox.lastIndexOf('@');
  const domain = domainToASCII(mailbox.slice(at + 1));
  return `${mailbox.slice(0, at)}+${base32(Buffer.concat([id, proofOf(purpose, id, key)]))}@${domain}`;
}

/** Whether it is the mailbox itself, without a token. */
export function isMailbox(address: string, mailbox: string): boolean {
  const normal = (one: string): string => {
    const at = one.lastIndexOf('@');
    return `${one.slice(0, at).toLowerCase()}@${domainToASCII(one.slice(at + 1))}`;
  };
  return address.includes('@') && normal(address) === normal(mailbox);
}

/** Which message an address was made for; null for everything that is not one of ours, whole and for this purpose. */
export function messageOf(
  address: string,
  mailbox: string,
  purpose: AddressPurpose,
  keys: readonly Uint8Array[],
): string | null {
  const at = mailbox.lastIndexOf('@');
  const before = `${mailbox.slice(0, at)}+`.toLowerCase();
  const after = `@${domainToASCII(mailbox.slice(at + 1))}`;
  const heard = address.toLowerCase();
  const heardAt = heard.lastIndexOf('@');
  if (heardAt < 0 || !heard.startsWith(before) || `@${domainToASCII(heard.slice(heardAt + 1))}` !== after) return null;
  const bytes = fromBase32(heard.slice(before.length, heardAt));
  if (bytes === null) return null;
  const id = bytes.subarray(0, ID_BYTES);
  const proven = keys.some((key) => timingSafeEqual(proofOf(purpose, id, key), bytes.subarray(ID_BYTES)));
  return proven ? id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
}

const proofOf = (purpose: AddressPurpose, id: Buffer, key: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`relance-address:${purpose}:`).update(id).digest().subarray(0, PROOF_BYTES);

function base32(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`) << BigInt(TOKEN_LENGTH * 5 - bytes.length * 8);
  let text = '';
  for (let index = 0; index < TOKEN_LENGTH; index++, bits >>= 5n) text = ALPHABET.charAt(Number(bits & 31n)) + text;
  return text;
}

/** Null for what `base32` never writes: another length, another letter, or spare bits that are set. */
function fromBase32(text: string): Buffer | null {
  if (text.length !== TOKEN_LENGTH) return null;
  let bits = 0n;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    bits = (bits << 5n) | BigInt(value);
  }
  const spare = BigInt(TOKEN_LENGTH * 5 - (ID_BYTES + PROOF_BYTES) * 8);
  if (bits & ((1n << spare) - 1n)) return null;
  return Buffer.from((bits >> spare).toString(16).padStart((ID_BYTES + PROOF_BYTES) * 2, '0'), 'hex');
}
