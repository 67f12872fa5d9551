// Registered webhook endpoints: written and read by http/routes/webhook.ts, looked up by URL and judged by their health from
// app/webhook-endpoints.ts. Secrets come and go sealed (secret-box.ts); times are the server's.
import type { Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

/** One that was rotated, signed with beside the new one until then. */
export interface OldSecret {
  readonly secret: string;
  readonly until: Instant;
}

export interface WebhookRow {
  readonly tenant: string;
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly secret: string;
  /** Sealed; those of the last day, the newest first. */
  readonly old_secrets: readonly OldSecret[];
  readonly disabled_at: Instant | null;
  readonly disabled_reason: string | null;
  readonly last_success_at: Instant | null;
  readonly last_failure_at: Instant | null;
  readonly last_failure: string | null;
  readonly failures: number;
  readonly failing_since: Instant | null;
  readonly created_at: Instant;
}
const COLUMNS = `tenant, id, url, description, secret, old_secrets, disabled_at, disabled_reason, last_success_at, last_failure_at,
  last_failure, failures, failing_since, created_at`;

/** What a stored secret is sealed for. */
export const webhookContext = (tenant: string, id: string): string => `webhook:${tenant}:${id}`;

/** More than a tenant has systems; each is looked up by every node that sends to it. */
export const WEBHOOKS_MAX = 1_000;

export interface WebhookBody {
  readonly url: string;
  readonly description: string | null;
  /** Null: it takes what is sent to it. */
  readonly disabledReason: string | null;
}

export type PutWebhook =
  | { readonly kind: 'created' | 'changed'; readonly row: WebhookRow }
  | { readonly kind: 'taken'; readonly by: string } // the URL, by another one
  | { readonly kind: 'too_many' };

/** `secret`: sealed, for one that is new. One that exists keeps its own, and begins anew where it is enabled again or moved. */
export async function putWebhook(
  tx: Tx,
  tenant: string,
  id: string,
  { url, description, disabledReason }: WebhookBody,
  secret: string,
): Promise<PutWebhook> {
  const others = await tx.query<{ id: string; same: boolean }>(
    'SELECT id, url = $2 AS same FROM relance.webhooks WHERE tenant = $1 AND id <> $3',
    [tenant, url, id],
  );
  const taken = others.find(({ same }) => same);
  if (taken !== undefined) return { kind: 'taken', by: taken.id };
  if (others.length >= WEBHOOKS_MAX) return { kind: 'too_many' };
  const anew = `w.url <> excluded.url OR (w.disabled_at IS NOT NULL AND excluded.disabled_at IS NULL)`;
  const [row] = await tx.query<WebhookRow & { fresh: boolean }>(
    `INSERT INTO relance.webhooks AS w (tenant, id, url, description, secret, disabled_at, disabled_reason)
     VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::text IS NOT NULL THEN clock_timestamp() END, $6)
     ON CONFLICT (tenant, id) DO UPDATE SET description = excluded.description, updated_at = clock_timestamp(),
       failures = CASE WHEN ${anew} THEN 0 ELSE w.failures END, failing_since = CASE WHEN NOT (${anew}) THEN w.failing_since END,
       disabled_at = CASE WHEN excluded.disabled_at IS NOT NULL THEN coalesce(w.disabled_at, excluded.disabled_at) END,
       disabled_reason = CASE WHEN excluded.disabled_at IS NOT NULL THEN coalesce(w.disabled_reason, excluded.disabled_reason) END,
       url = excluded.url
     RETURNING ${COLUMNS}, xmax = 0 AS fresh`,
    [tenant, id, url, description, secret, disabledReason],
  );
  if (row === undefined) throw new Error('A webhook was written, and nothing came back.');
  const { fresh, ...stored } = row;
  return { kind: fresh ? 'created' : 'changed', row: stored };
}

export async function getWebhook(tx: Tx, tenant: string, id: string): Promise<WebhookRow | null> {
  const [row] = await tx.query<WebhookRow>(`SELECT ${COLUMNS} FROM relance.webhooks WHERE tenant = $1 AND id = $2`, [
    tenant,
    id,
  ]);
  return row ?? null;
}

export async function findWebhook(tx: Tx, tenant: string, url: string): Promise<WebhookRow | null> {
  const [row] = await tx.query<WebhookRow>(
    `SELECT ${COLUMNS} FROM relance.webhooks WHERE tenant = $1 AND md5(url) = md5($2) AND url = $2`,
    [tenant, url],
  );
  return row ?? null;
}

export async function listWebhooks(tx: Tx, tenant: string, after: string | null, limit: number): Promise<WebhookRow[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.webhooks WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after, limit],
  );
}

export async function deleteWebhook(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM relance.webhooks WHERE tenant = $1 AND id = $2 RETURNING id', [tenant, id]);
  return rows.length > 0;
}

/** Each is a signature in every call; whoever rotates more often within a day has made a mistake. */
export const OLD_SECRETS_MAX = 10;

export type RotateWebhook =
  | { readonly kind: 'rotated'; readonly row: WebhookRow }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'too_often' };

/** The secret it had is signed with for so long beside the new one, as are those that it had before, until their own time. */
export async function rotateWebhook(
  tx: Tx,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  secret: string,
  { now, keepMs }: { readonly now: Instant; readonly keepMs: number },
): Promise<RotateWebhook> {
  const [before] = await tx.query<Pick<WebhookRow, 'secret' | 'old_secrets'>>(
    'SELECT secret, old_secrets FROM relance.webhooks WHERE tenant = $1 AND id = $2 FOR UPDATE',
    [tenant, id],
  );
  if (before === undefined) return { kind: 'unknown' };
  const until = (now + keepMs) as Instant;
  const old = [{ secret: before.secret, until }, ...before.old_secrets.filter((one) => one.until > now)];
  if (old.length > OLD_SECRETS_MAX) return { kind: 'too_often' };
  const [row] = await tx.query<WebhookRow>(
    `UPDATE relance.webhooks SET old_secrets = $4, secret = $3, updated_at = clock_timestamp() WHERE tenant = $1 AND id = $2 RETURNING ${COLUMNS}`,
    [tenant, id, secret, JSON.stringify(old)],
  );
  return row === undefined ? { kind: 'unknown' } : { kind: 'rotated', row };
}

/** Nothing is sent to it until somebody enables it again. */
export async function disableWebhook(tx: Tx, tenant: string, id: string, reason: string): Promise<void> {
  await tx.query(
    'UPDATE relance.webhooks SET disabled_at = clock_timestamp(), disabled_reason = $3 WHERE tenant = $1 AND id = $2 AND disabled_at IS NULL',
    [tenant, id, reason],
  );
}

/** What was heard of one endpoint since it was last written down. */
export interface WebhookNews {
  readonly tenant: string;
  readonly id: string;
  readonly successAt: Instant | null;
  readonly failureAt: Instant | null;
  readonly failure: string | null;
  /** Those after the last success among them, or all of them. */
  readonly failures: number;
  readonly failingSince: Instant | null;
}

const NEWS = rowsOf<WebhookNews>({
  tenant: ['text', ({ tenant }) => tenant],
  id: ['text', ({ id }) => id],
  success_at: ['timestamptz', ({ successAt }) => at(successAt)],
  failure_at: ['timestamptz', ({ failureAt }) => at(failureAt)],
  failure: ['text', ({ failure }) => failure],
  failures: ['integer', ({ failures }) => failures],
  failing_since: ['timestamptz', ({ failingSince }) => at(failingSince)],
});

export async function noteHealth(tx: Tx, news: readonly WebhookNews[]): Promise<void> {
  if (news.length === 0) return;
  // In one order, so that two nodes do not wait for each other.
  const { from, values } = NEWS.of(
    [...news].sort((a, b) => (`${a.tenant}\n${a.id}` < `${b.tenant}\n${b.id}` ? -1 : 1)),
  );
  await tx.query(
    `UPDATE relance.webhooks w SET last_success_at = greatest(w.last_success_at, x.success_at),
       last_failure_at = greatest(w.last_failure_at, x.failure_at),
       last_failure = CASE WHEN w.last_failure_at IS NULL OR x.failure_at >= w.last_failure_at THEN x.failure ELSE w.last_failure END,
       failures = CASE WHEN x.success_at IS NULL THEN w.failures + x.failures ELSE x.failures END,
       failing_since = CASE WHEN x.success_at IS NULL THEN coalesce(w.failing_since, x.failing_since) ELSE x.failing_since END
     FROM ${from} WHERE w.tenant = x.tenant AND w.id = x.id`,
    values,
  );
}
