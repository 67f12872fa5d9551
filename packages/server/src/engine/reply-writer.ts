// Who wrote a reply, and who hears of one that people have to read. Used by reply.ts.
import {
  type AlarmTo,
  type Channel,
  type FollowUp,
  type Instant,
  normalAddress,
  type Policy,
  type Recipient,
  type Target,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { recipientAt } from '../store/sql/recipient.ts';
import type { RepliedTo } from '../store/sql/reply.ts';
import { peopleOf } from './alarm.ts';
import type { Writer } from './reply-decision.ts';

/**
 * Whoever the message went to, by any address they have of their own on its channel; else whoever else is known by that one. Who
 * gets copies is somebody else: they have read it, and were not asked.
 */
export async function writerOf(tx: Tx, message: RepliedTo, from: string): Promise<Writer> {
  const { tenant, channel } = message;
  const [found] = await readRecipients(tx, [{ tenant, id: message.recipient }]);
  const recipient = found?.recipient;
  if (recipient !== undefined && isOf(recipient, channel, from, 'own')) return { id: recipient.id, own: true };
  return { id: await recipientAt(tx, tenant, channel, from), own: false };
}

/** Whether somebody is written to at an address: one of their own, or any, also one that gets copies. */
export function isOf(
  { email, phone, endpoints }: Recipient,
  channel: Channel,
  address: string,
  which: 'own' | 'any' = 'any',
): boolean {
  const main = channel === 'email' ? email : channel === 'sms' ? phone : null;
  const listed = endpoints.filter((one) => one.channel === channel && (which === 'any' || one.copy === undefined));
  const wanted = normalAddress(channel, address);
  return [...(main === null ? [] : [main]), ...listed.map((one) => one.address)].some(
    (one) => normalAddress(channel, one) === wanted,
  );
}

/** The team, else the requester, else the fallback: the first of them where there is somebody beside whoever wrote. */
export async function readersOf(
  tx: Tx,
  followUp: FollowUp,
  { fallback }: Pick<Policy, 'fallback'>,
  writer: string | null,
  now: Instant,
): Promise<readonly Recipient[]> {
  const { tenant, team, requester } = followUp;
  const targets: readonly (AlarmTo | null)[] = [
    team === null ? null : { kind: 'group', id: team },
    requester === null ? null : { kind: 'recipient', id: requester },
    fallback === null ? null : namedBy(fallback),
  ];
  // One turn each until somebody is found: three at most.
  for (const target of targets) {
    const people = target === null ? [] : await peopleOf(tx, tenant, target, now);
    const others = people.filter(({ id }) => id !== writer);
    if (others.length > 0) return others;
  }
  return [];
}

/** A fallback names people by itself (compile-check.ts of the core). */
function namedBy(target: Target): AlarmTo | null {
  switch (target.kind) {
    case 'group':
    case 'recipient':
      return { kind: target.kind, id: target.id };
    case 'onCall':
      return target;
    default:
      return null;
  }
}
