// The audit: who did what that somebody may have to account for. Entries are added and never changed, for which nobody has the
// right. No entry names a person: whoever knows the id finds theirs by the keyed hash, and an erasure has nothing to change here.
import { type Channel, type Instant, toRfc3339 } from '@relance/core';
import type { Tx } from '../database.ts';

export const AUDITED = [
  'recipient.exported',
  'recipient.erased',
  'suppression.lifted',
  'suppressions.imported',
  'suppressions.exported',
  'key.made',
  'key.revoked',
  'branding.changed',
  'session.opened',
  'session.ended',
] as const;
export type Audited = (typeof AUDITED)[number];

export interface AuditEntry {
  readonly tenant: string;
  /** The API key; null: Relance itself. */
  readonly by: string | null;
  readonly action: Audited;
  /** A keyed hash, or the id of something that is no person. */
  readonly about?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

export async function insertAudit(tx: Tx, { tenant, by, action, about = null, data = {} }: AuditEntry): Promise<void> {
  await tx.query('INSERT INTO relance.audit (tenant, by, action, about, data) VALUES ($1, $2, $3, $4, $5)', [
    tenant,
    by,
    action,
    about,
    JSON.stringify(data),
  ]);
}

export const aboutRecipient = (tx: Tx, tenant: string, recipient: string): string | null =>
  tx.hash?.ofRecipient(tenant, recipient) ?? null;
export const aboutAddress = (tx: Tx, tenant: string, channel: Channel, address: string): string | null =>
  tx.hash?.ofAddress(tenant, channel, address) ?? null;

interface Row {
  readonly id: number;
  readonly at: Instant;
  readonly by: string | null;
  readonly action: Audited;
  readonly about: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}
export const toWireAudit = ({ at: time, id, ...rest }: Row) => ({ id: String(id), at: toRfc3339(time), ...rest });

export interface AuditFilter {
  readonly action: Audited | null;
  readonly about: string | null;
}

/** Newest first. */
export const listAudit = (
  tx: Tx,
  tenant: string,
  { action, about }: AuditFilter,
  before: number | null,
  limit: number,
): Promise<Row[]> =>
  tx.query<Row>(
    `SELECT id, at, by, action, about, data FROM relance.audit
     WHERE tenant = $1 AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR about = $3) AND ($4::bigint IS NULL OR id < $4)
     ORDER BY id DESC LIMIT $5`,
    [tenant, action, about, before, limit],
  );
