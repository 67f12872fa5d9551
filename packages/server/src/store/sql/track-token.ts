// What the tracked picture and links of messages lead to, by hash. Expiry is the server's clock: a link's life has nothing to
// do with story time. Who visits them is in visit.ts.
import type { Tracked, TrackRow } from '../../engine/ports.ts';
import type { Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

const LIFE = '90 days';

const ROWS = rowsOf<TrackRow>({
  hash: ['bytea', ({ hash }) => Buffer.from(hash)],
  tenant: ['text', ({ tenant }) => tenant],
  follow_up_id: ['uuid', ({ followUpId }) => followUpId],
  message_id: ['uuid', ({ messageId }) => messageId],
  recipient: ['text', ({ recipient }) => recipient],
  link: ['smallint', ({ link }) => link],
  target: ['text', ({ target }) => target],
});

/** A message that is rendered again has the same ones. */
export async function insertTrackTokens(tx: Tx, tokens: readonly TrackRow[]): Promise<void> {
  if (tokens.length === 0) return;
  const { from, values } = ROWS.of(tokens);
  await tx.query(
    `INSERT INTO relance.track_tokens (${ROWS.names}, expires_at) SELECT x.*, clock_timestamp() + interval '${LIFE}' FROM ${from}
     ORDER BY 1 ON CONFLICT (hash) DO NOTHING`,
    values,
  );
}

/** Engine scope: the token itself tells the tenant. One that has lived its time is none. */
export async function findTrackToken(tx: Tx, hash: Buffer): Promise<Tracked | null> {
  const [row] = await tx.query<Tracked>(
    `SELECT tenant, follow_up_id AS "followUpId", message_id AS "messageId", recipient, link, target
     FROM relance.track_tokens WHERE hash = $1 AND expires_at > clock_timestamp()`,
    [hash],
  );
  return row ?? null;
}
