// How one endpoint may stand in the store: as addresses are compared (core/consent.ts), and, of email in a domain of other letters,
// as people write it. Recipients are stored as they are written, and so were suppressions once.
import { domainToUnicode } from 'node:url';
import { type Channel, normalAddress } from '@relance/core';

export function addressForms(channel: Channel, address: string): readonly string[] {
  const normal = normalAddress(channel, address);
  const at = normal.lastIndexOf('@') + 1;
  if (channel !== 'email' || at === 0 || !/(^|\.)xn--/.test(normal.slice(at))) return [normal];
  const written = domainToUnicode(normal.slice(at));
  return written === '' ? [normal] : [normal, normal.slice(0, at) + written];
}
