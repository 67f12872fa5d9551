// Endpoints that are no good any more, as providers tell: an address that does not exist, a complaint, STOP said to a carrier.
// They get nothing more (DESIGN promise 9). Only of people's addresses on email and SMS: devices are forgotten by themselves, and
// a chat room or a webhook that is gone is its owner's to mend. Who unsubscribed by email hears no more of that one category.
import type { Channel, Outcome, SuppressionSource } from '@relance/core';
import { addressOf } from '@relance/core';
import { ENGINE } from '../store/database.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import type { ReceiptTarget } from '../store/sql/receipt.ts';
import type { Engine } from './engine.ts';
import { policyRefOf } from './policy-book.ts';
import type { Consents, Receipt } from './ports.ts';

export interface LostEndpoint {
  readonly tenant: string;
  readonly channel: Channel;
  readonly recipient: string;
  /** Null where the provider does not say: the one the recipient has now. */
  readonly address: string | null;
  readonly source: SuppressionSource;
  readonly reason: string | null;
  /** Of a STOP the sender that it was said to, where that is known. */
  readonly sender?: string | undefined;
}
const OF_PEOPLE: ReadonlySet<Channel> = new Set(['email', 'sms']);

/** What an outcome says of the endpoint itself; null where nothing. */
export function lostBy(outcome: Outcome): Pick<LostEndpoint, 'source' | 'reason'> | null {
  if (outcome.kind !== 'rejected' || outcome.endpoint === undefined) return null;
  return { source: outcome.endpoint === 'gone' ? 'hard_bounce' : 'stop', reason: outcome.detail };
}

/** `copy`: it is about somebody who got a copy, and has no categories to be out of. */
export function lostByReceipt(
  receipt: Receipt,
  channel: Channel,
  copy: boolean,
): Pick<LostEndpoint, 'source' | 'reason' | 'sender'> | null {
  const { kind, permanent, detail: reason, sender } = receipt;
  if (kind === 'complained') return { source: 'complaint', reason };
  if (kind === 'unsubscribed')
    return channel === 'email' && !copy ? null : { source: channel === 'sms' ? 'stop' : 'provider', reason, sender };
  return (kind === 'bounced' || kind === 'failed') && permanent === true ? { source: 'hard_bounce', reason } : null;
}

/** Before what it comes from is recorded: told again, it is the same. */
export async function suppressLost(engine: Engine, consents: Consents, all: readonly LostEndpoint[]): Promise<void> {
  const lost = all.filter(({ channel }) => OF_PEOPLE.has(channel));
  if (lost.length === 0) return;
  const demands: DirectoryDemands = new Map();
  for (const one of lost) demandOf(demands, one.tenant).recipients.add(one.recipient);
  const now = await engine.clock.now();
  const directories = await engine.database.transaction(ENGINE, (tx) => gatherDirectories(tx, demands, now));
  for (const [tenant, own] of Map.groupBy(lost, (one) => one.tenant)) {
    const endpoints = own.flatMap(({ channel, recipient, address, source, reason, sender }) => {
      const known = directories.get(tenant)?.recipients.get(recipient);
      const found = address ?? (known === undefined ? null : addressOf(known, channel));
      // Told late of somebody who was erased meanwhile. An id that is an address is an operator's (alarm.ts).
      const forgotten = known === undefined && !recipient.includes('@');
      return found === null ? [] : [{ channel, address: found, source, reason, sender, forgotten }];
    });
    if (endpoints.length > 0) await consents.suppress(tenant, endpoints, null);
  }
}

/** Of whom a provider of email says that they unsubscribed from a message: out of the category that it was of. */
export async function optOutTold(
  engine: Engine,
  consents: Consents,
  tenant: string,
  told: readonly { readonly receipt: Receipt; readonly target: ReceiptTarget }[],
): Promise<void> {
  const out = told.filter(({ receipt, target }) => receipt.kind === 'unsubscribed' && target.channel === 'email');
  if (out.length === 0) return;
  const { database, policies, clock } = engine;
  const now = await clock.now();
  const followUps = await database.transaction(ENGINE, async (tx) => {
    const ids = [...new Set(out.map(({ target }) => target.follow_up_id))];
    const found = await readFollowUps(tx, 'each', ids);
    await policies.load(tx, found.map(policyRefOf), now);
    return new Map(found.map((one) => [one.id, one]));
  });
  for (const { target } of out) {
    const followUp = followUps.get(target.follow_up_id);
    const policy = followUp === undefined ? null : policies.find(policyRefOf(followUp));
    if (policy === null) continue;
    const choice = { tenant, recipient: target.recipient, category: policy.category };
    await consents.optOut(choice, { how: 'provider' });
  }
}
