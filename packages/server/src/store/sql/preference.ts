// What recipients chose: what they want at all (choices), when and how often (recipients.preferences), and the record of every
// change, which is only added to. What holds where they chose nothing is category.ts and tenant.ts; what decisions read of it is
// consent.ts and directory.ts.
import {
  type CategoryDefaults,
  type Choice,
  EVERY_CHANNEL,
  type Instant,
  type PersonKnown,
  type PreferenceChange,
  preferencesAfter,
  slotOfRecipient,
  toRfc3339,
  usualStanding,
  type WirePreferences,
} from '@relance/core';
import type { PreferenceEvidence } from '../../engine/ports.ts';
import { at, type Tx } from '../database.ts';
import { listCategories } from './category.ts';
import { readRecipients } from './directory.ts';

export interface Person {
  readonly tenant: string;
  readonly recipient: string;
}

/** More of them are no choice that a person can overlook; of those that there are, the first by id. */
export const CATEGORIES_MAX = 500;

/** With `lock`, whoever else changes the same person waits: what is compared with is what is written over. */
export async function readPerson(
  tx: Tx,
  { tenant, recipient: id }: Person,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<PersonKnown> {
  const slot = slotOfRecipient(tenant, id);
  const [row] = await tx.query<{ preferences: WirePreferences | null }>(
    `SELECT preferences FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3${lock ? ' FOR NO KEY UPDATE' : ''}`,
    [slot, tenant, id],
  );
  const [[found], choices, categories, [settings]] = await Promise.all([
    readRecipients(tx, [{ tenant, id }]),
    tx.query<Choice & { readonly wanted: boolean }>(
      'SELECT category, channel, wanted FROM relance.choices WHERE slot = $1 AND tenant = $2 AND recipient = $3',
      [slot, tenant, id],
    ),
    listCategories(tx, tenant, null, CATEGORIES_MAX),
    tx.query<{ preferences: CategoryDefaults | null }>(
      `SELECT settings -> 'preferences' AS preferences FROM relance.tenants WHERE id = $1`,
      [tenant],
    ),
  ]);
  const usual = settings?.preferences ?? {};
  return {
    recipient: found?.recipient ?? null,
    categories,
    standing: {
      preferences: row?.preferences ?? {},
      choices,
      standings: new Map(categories.map(({ id, defaults }) => [id, usualStanding(defaults, usual)])),
      essential: new Set(categories.flatMap(({ id, essential }) => (essential ? [id] : []))),
    },
  };
}

export async function writeChanges(
  tx: Tx,
  { tenant, recipient }: Person,
  before: WirePreferences,
  changes: readonly PreferenceChange[],
  { now, evidence }: { readonly now: Instant; readonly evidence: PreferenceEvidence },
): Promise<void> {
  if (changes.length === 0) return;
  const slot = slotOfRecipient(tenant, recipient);
  const choices = changes.flatMap((change) => (change.what === 'wanted' ? [change] : []));
  if (choices.length > 0)
    await tx.query(
      `INSERT INTO relance.choices (slot, tenant, recipient, category, channel, wanted)
       SELECT $1, $2, $3, x.category, x.channel, x.wanted FROM unnest($4::text[], $5::text[], $6::boolean[]) AS x(category, channel, wanted)
       ORDER BY x.category, x.channel
       ON CONFLICT (slot, tenant, recipient, category, channel) DO UPDATE SET wanted = excluded.wanted`,
      [
        slot,
        tenant,
        recipient,
        choices.map(({ category }) => category),
        choices.map(({ channel }) => channel),
        choices.map(({ to }) => to),
      ],
    );
  if (choices.length < changes.length)
    await tx.query('UPDATE relance.recipients SET preferences = $4 WHERE slot = $1 AND tenant = $2 AND id = $3', [
      slot,
      tenant,
      recipient,
      JSON.stringify(preferencesAfter(before, changes)),
    ]);
  const { how, by = null, ...shown } = evidence;
  const rows = changes.map((change) => ({
    what: change.what,
    category: 'category' in change ? change.category : null,
    channel: 'channel' in change ? change.channel : null,
    changed_from: change.from,
    changed_to: change.to,
  }));
  await tx.query(
    `INSERT INTO relance.preference_changes (slot, tenant, recipient, at, what, category, channel, changed_from, changed_to, how, by, evidence)
     SELECT $1, $2, $3, $4, x.what, x.category, x.channel, coalesce(x.changed_from, 'null'), coalesce(x.changed_to, 'null'), $6, $7, $8
     FROM json_to_recordset($5::json) AS x(what text, category text, channel text, changed_from jsonb, changed_to jsonb)`,
    [slot, tenant, recipient, at(now), JSON.stringify(rows), how, by, JSON.stringify(shown)],
  );
}

export interface ChangeRow {
  readonly id: number;
  readonly at: Instant;
  readonly what: PreferenceChange['what'];
  readonly category: string | null;
  readonly channel: string | null;
  readonly changed_from: unknown;
  readonly changed_to: unknown;
  readonly how: PreferenceEvidence['how'];
  readonly by: string | null;
  readonly evidence: Omit<PreferenceEvidence, 'how' | 'by'>;
}

/** A whole category is `subscribed` to; of one channel it is told which. */
export const toWireChange = (row: ChangeRow) => ({
  at: toRfc3339(row.at),
  what: row.what === 'wanted' ? (row.channel === EVERY_CHANNEL ? 'subscribed' : 'channel') : row.what,
  category: row.category,
  channel: row.channel === EVERY_CHANNEL ? null : row.channel,
  from: row.changed_from,
  to: row.changed_to,
  how: row.how,
  by: row.by,
  evidence: row.evidence,
});

/** Newest first. */
export const listChanges = (
  tx: Tx,
  { tenant, recipient }: Person,
  before: number | null,
  limit: number,
): Promise<ChangeRow[]> =>
  tx.query<ChangeRow>(
    `SELECT id, at, what, category, channel, changed_from, changed_to, how, by, evidence FROM relance.preference_changes
     WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND ($4::bigint IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
    [slotOfRecipient(tenant, recipient), tenant, recipient, before, limit],
  );
