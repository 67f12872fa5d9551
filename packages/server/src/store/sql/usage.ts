// What has interrupted somebody, or is about to: counted in the recipient's own slot, by message, before the gate (DESIGN §3,
// point 7). Whoever counts holds the row of the recipient, so that two nodes do not both see the last place of a budget.
import { type Channel, type Instant, slotOfRecipient, type Use } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { inSlot, type Slots } from './slot.ts';

export interface UsageOf {
  readonly slot: number;
  readonly tenant: string;
  readonly recipient: string;
}
export const usageOf = (tenant: string, recipient: string): UsageOf => ({
  slot: slotOfRecipient(tenant, recipient),
  tenant,
  recipient,
});
export const usageKey = ({ tenant, recipient }: Pick<UsageOf, 'tenant' | 'recipient'>): string =>
  `${tenant}\n${recipient}`;

const PEOPLE = 'unnest($1::smallint[], $2::text[], $3::text[]) AS x(slot, tenant, recipient)';
const peopleValues = (people: readonly UsageOf[]) => [
  people.map(({ slot }) => slot),
  people.map(({ tenant }) => tenant),
  people.map(({ recipient }) => recipient),
];

/** Locks these people, each once, and answers what has interrupted them since then, by `usageKey`. */
export async function lockUsages(
  tx: Tx,
  slots: Slots,
  people: readonly UsageOf[],
  since: Instant,
): Promise<Map<string, (Use & { readonly message: string })[]>> {
  await tx.query(
    `SELECT FROM relance.recipients r JOIN ${PEOPLE} ON r.slot = x.slot AND r.tenant = x.tenant AND r.id = x.recipient
     WHERE true${inSlot(slots, 'r')} ORDER BY r.slot, r.tenant, r.id FOR UPDATE OF r`,
    peopleValues(people),
  );
  // A second statement: it sees what it has waited for.
  const rows = await tx.query<{
    tenant: string;
    recipient: string;
    message: string;
    at: Instant;
    channel: Channel;
  }>(
    `SELECT u.tenant, u.recipient, u.message_id AS message, u.at, u.channel FROM relance.usages u JOIN ${PEOPLE}
       ON u.slot = x.slot AND u.tenant = x.tenant AND u.recipient = x.recipient WHERE u.at > $4${inSlot(slots, 'u')}`,
    [...peopleValues(people), at(since)],
  );
  return Map.groupBy(rows, usageKey);
}

export interface NewUsage extends UsageOf {
  readonly message: string;
  readonly channel: Channel;
  /** That of the claim: whoever claims the message later counts it anew. */
  readonly fence: number;
}

const USAGES = `unnest($1::smallint[], $2::text[], $3::text[], $4::uuid[], $5::integer[], $6::text[])
  AS x(slot, tenant, recipient, message_id, fence, channel)`;
const usageValues = (usages: readonly NewUsage[]) => [
  ...peopleValues(usages),
  usages.map(({ message }) => message),
  usages.map(({ fence }) => fence),
  usages.map(({ channel }) => channel),
];

/** One that is there already was counted on an earlier try, and counts now instead. */
export async function insertUsages(tx: Tx, usages: readonly NewUsage[], now: Instant): Promise<void> {
  if (usages.length === 0) return;
  await tx.query(
    `INSERT INTO relance.usages AS u (slot, tenant, recipient, message_id, fence, channel, at)
     SELECT x.slot, x.tenant, x.recipient, x.message_id, x.fence, x.channel, $7 FROM ${USAGES}
     ON CONFLICT (slot, tenant, recipient, message_id) DO UPDATE SET at = excluded.at, fence = excluded.fence
     WHERE u.fence <= excluded.fence`,
    [...usageValues(usages), at(now)],
  );
}

/** They did not interrupt anybody after all; one that another claim has counted since stays. */
export async function deleteUsages(tx: Tx, usages: readonly NewUsage[]): Promise<void> {
  if (usages.length === 0) return;
  await tx.query(
    `DELETE FROM relance.usages u USING ${USAGES}
     WHERE u.slot = x.slot AND u.tenant = x.tenant AND u.recipient = x.recipient AND u.message_id = x.message_id AND u.fence = x.fence`,
    usageValues(usages),
  );
}
