// Which number a person's follow-up has in answers by text message. A number is given again when nothing has been sent with it for
// a month, whatever has become of its follow-up: until then a late answer finds what it was about.
import type { Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';

/** So long after the last message that carried it. */
export const NUMBER_KEPT_DAYS = 30;

export interface ReplyCode {
  readonly tenant: string;
  readonly address: string;
  readonly number: number;
  readonly followUp: string;
  readonly recipient: string;
  readonly message: string;
  /** The digit is the place. */
  readonly actions: readonly string[];
  readonly sentAt: Instant;
}
const COLUMNS = `tenant, address, number, follow_up_id AS "followUp", recipient, message_id AS message, actions, sent_at AS "sentAt"`;

export interface Place {
  readonly tenant: string;
  readonly address: string;
}

export async function codesAt(tx: Tx, places: readonly Place[]): Promise<ReplyCode[]> {
  if (places.length === 0) return [];
  return tx.query<ReplyCode>(
    `SELECT ${COLUMNS} FROM relance.reply_codes WHERE (tenant, address) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY number`,
    [places.map(({ tenant }) => tenant), places.map(({ address }) => address)],
  );
}

/** Answers those that are theirs now; a number that somebody else has taken meanwhile is not. */
export async function keepCodes(tx: Tx, codes: readonly ReplyCode[], now: Instant): Promise<Set<ReplyCode>> {
  if (codes.length === 0) return new Set();
  const rows = codes.map((code) => ({ ...code, sentAt: at(code.sentAt) }));
  const kept = await tx.query<{ tenant: string; address: string; number: number }>(
    `INSERT INTO relance.reply_codes AS c (tenant, address, number, follow_up_id, recipient, message_id, actions, sent_at)
     SELECT tenant, address, number, "followUp", recipient, message, actions, "sentAt" FROM json_to_recordset($1::json)
       AS x(tenant text, address text, number smallint, "followUp" uuid, recipient text, message uuid, actions text[], "sentAt" timestamptz)
     ORDER BY tenant, address, number
     ON CONFLICT (tenant, address, number) DO UPDATE SET follow_up_id = excluded.follow_up_id, recipient = excluded.recipient,
       message_id = excluded.message_id, actions = excluded.actions, sent_at = excluded.sent_at
     WHERE c.follow_up_id = excluded.follow_up_id AND c.recipient = excluded.recipient OR c.sent_at < $2::timestamptz - interval '${NUMBER_KEPT_DAYS} days'
     RETURNING c.tenant, c.address, c.number`,
    [JSON.stringify(rows), at(now)],
  );
  const keyOf = (one: { tenant: string; address: string; number: number }): string =>
    `${one.tenant}\n${one.address}\n${one.number}`;
  const own = new Set(kept.map(keyOf));
  return new Set(codes.filter((code) => own.has(keyOf(code))));
}
