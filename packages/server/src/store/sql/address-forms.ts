// How one endpoint may stand in the store: as addresses are compared (core/consent.ts), and, of email in a domain of other letters,
// as people write it. Recipients are stored as they are written, and so were suppressions once. Of somebody who was erased a
// suppression has only the keyed hash.
import { domainToUnicode } from 'node:url';
import { type Channel, normalAddress } from '@relance/core';
import type { Tx } from '../database.ts';

export function addressForms(channel: Channel, address: string): readonly string[] {
  const normal = normalAddress(channel, address);
  const at = normal.lastIndexOf('@') + 1;
  if (channel !== 'email' || at === 0 || !/(^|\.)xn--/.test(normal.slice(at))) return [normal];
  const written = domainToUnicode(normal.slice(at));
  return written === '' ? [normal] : [normal, normal.slice(0, at) + written];
}

/** As a suppression may have it. */
export const suppressedForms = (tx: Tx, tenant: string, channel: Channel, address: string): readonly string[] => [
  ...addressForms(channel, address),
  ...(tx.hash === undefined ? [] : [tx.hash.ofAddress(tenant, channel, address)]),
];
