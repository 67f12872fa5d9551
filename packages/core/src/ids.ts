// Ids: one 128-bit layout for everything that belongs to a follow-up, so that any id tells its slot and its month.
//
//   48 bits   opening time of the follow-up, milliseconds since 1970 (RFC 9562 §5.7 layout, so ids sort by time)
//    4 bits   version: 7 when minted with randomness, 8 when derived
//   12 bits   slot (6 bits), then 6 bits of the tail
//    2 bits   variant 10
//   62 bits   tail: randomness, or a hash of what the id stands for, so that deciding twice gives the same id
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Instant, instant } from './instant.ts';

export const SLOTS = 64;

/** Separates the parts of a hash so that ('a','bc') and ('ab','c') differ; it cannot occur in stored text. */
const SEPARATOR = '\u0000';
const digest = (parts: readonly (string | number)[]): Uint8Array => sha256(utf8ToBytes(parts.join(SEPARATOR)));

/** The slot that all rows of a follow-up share. */
export const slotOfKey = (tenant: string, policy: string, key: string): number =>
  (digest([tenant, policy, key])[0] ?? 0) % SLOTS;
/** The slot of a recipient's own rows. */
export const slotOfRecipient = (tenant: string, recipient: string): number =>
  (digest([tenant, recipient])[0] ?? 0) % SLOTS;

function layOut(at: Instant, version: 7 | 8, slot: number, tail: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let ms = Math.max(0, at);
  for (let index = 5; index >= 0; index--) {
    bytes[index] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes.set(tail.subarray(0, 10), 6);
  bytes[6] = (version << 4) | (slot >> 2);
  bytes[7] = ((slot & 3) << 6) | ((tail[1] ?? 0) & 0x3f);
  bytes[8] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  const hex = bytesToHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An id with randomness that the shell supplies (10 bytes). */
export const mintId = (at: Instant, slot: number, random: Uint8Array): string => layOut(at, 7, slot, random);

/** The id of something that belongs to a follow-up: same parts, same id. */
export function deriveId(followUpId: string, parts: readonly (string | number)[]): string {
  return layOut(timeOfId(followUpId), 8, slotOfId(followUpId), digest([followUpId, ...parts]));
}

/** 122 bits of hash as a UUID (version 8) for keys that must be unique for ever, such as an event's source and id. */
export function hashId(parts: readonly (string | number)[]): string {
  const hex = bytesToHex(digest(parts).subarray(0, 16));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export const timeOfId = (id: string): Instant => instant(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
export const slotOfId = (id: string): number => Number.parseInt(id.slice(15, 18), 16) >> 6;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const isId = (text: string): boolean => UUID.test(text);
