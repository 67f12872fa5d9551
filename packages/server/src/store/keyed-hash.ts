// Keyed hashes of what must be recognised although nobody may know it: an address that stays suppressed after its person has
// been erased, and whom an entry of the audit is about. HMAC-SHA256 (RFC 2104) with a key that only a server with the secret can
// open, so that a dump does not tell an address by trying all of them. The tenant is hashed too: two tenants share nothing.
import { createHmac } from 'node:crypto';
import { type Channel, normalAddress } from '@relance/core';

export interface KeyedHash {
  /** An address, as core/consent.ts compares it. */
  ofAddress(tenant: string, channel: Channel, address: string): string;
  ofRecipient(tenant: string, recipient: string): string;
}

const PREFIX = 'hmac:';
const HASHED = /^hmac:[\da-f]{64}$/;
/** An address of which only the hash is left. */
export const isHashed = (address: string): boolean => HASHED.test(address);
/** Every decision asks for the addresses of its people: mostly the same ones. */
const REMEMBERED_MAX = 20_000;

export function keyedHash(key: Uint8Array): KeyedHash {
  const known = new Map<string, string>();
  const of = (parts: readonly string[]): string => {
    const text = parts.join('\u0000');
    const found = known.get(text);
    if (found !== undefined) return found;
    const hash = PREFIX + createHmac('sha256', key).update(text).digest('hex');
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(text, hash);
    return hash;
  };
  return {
    ofAddress: (tenant, channel, address) =>
      isHashed(address) ? address : of(['address', tenant, channel, normalAddress(channel, address)]),
    ofRecipient: (tenant, recipient) => of(['recipient', tenant, recipient]),
  };
}

/** What its key is sealed for (secret-box.ts). */
export const HASH_KEY_CONTEXT = 'relance hash key';
