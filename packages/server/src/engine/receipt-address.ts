// Whose address a receipt is about. A mail may go to copies beside its recipient: what becomes of a copy says nothing about the
// message. And what only came by mail names addresses on somebody's word, so that it is believed of the recipient's own alone.
import { addressOf, copiesFor, normalAddress, type Recipient } from '@relance/core';
import { ENGINE } from '../store/database.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import type { ReceiptTarget } from '../store/sql/receipt.ts';
import type { Engine } from './engine.ts';
import type { Receipt } from './ports.ts';

export interface Placing {
  readonly receipt: Receipt;
  readonly target: ReceiptTarget;
}

export interface Addressed extends Placing {
  /** It is about the address of a copy, not about the message. */
  readonly copy: boolean;
  /** Null: the one that the recipient has now. */
  readonly address: string | null;
}

export async function readAddresses(
  engine: Engine,
  tenant: string,
  placings: readonly Placing[],
): Promise<readonly Addressed[]> {
  const demands: DirectoryDemands = new Map();
  for (const { receipt, target } of placings)
    if (receipt.address !== undefined) demandOf(demands, tenant).recipients.add(target.recipient);
  if (demands.size === 0) return placings.map((one) => ({ ...one, copy: false, address: null }));
  const now = await engine.clock.now();
  const directories = await engine.database.transaction(ENGINE, (tx) => gatherDirectories(tx, demands, now));
  const people = directories.get(tenant)?.recipients;
  return placings.map((one) => ({ ...one, ...addressed(one, people?.get(one.target.recipient)) }));
}

function addressed(
  { receipt, target: { channel } }: Placing,
  recipient: Recipient | undefined,
): Pick<Addressed, 'copy' | 'address'> {
  const { address, hearsay } = receipt;
  if (address === undefined) return { copy: false, address: null };
  const same = (other: string | null): boolean =>
    other !== null && normalAddress(channel, other) === normalAddress(channel, address);
  if (recipient !== undefined && same(addressOf(recipient, channel))) return { copy: false, address };
  if (recipient !== undefined && channel === 'email' && copiesFor(recipient).some((one) => same(one.address)))
    return { copy: true, address };
  // A provider that has signed it tells of the address that the recipient had then.
  return { copy: false, address: hearsay === true ? null : address };
}
