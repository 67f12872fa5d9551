// Links to pages that belong to a person, by hash. Expiry is the server's clock: a link's life has nothing to do with story
// time.
import type { PageChoice, PageToken } from '../../engine/ports.ts';
import type { Tx } from '../database.ts';

/** The same link in every message: mostly it is there already. */
export async function insertPageTokens(tx: Tx, tokens: readonly PageToken[]): Promise<void> {
  if (tokens.length === 0) return;
  await tx.query(
    `INSERT INTO relance.page_tokens (hash, tenant, purpose, recipient, about, expires_at)
     SELECT x.hash, x.tenant, x.purpose, x.recipient, x.about, clock_timestamp() + make_interval(days => x.days)
     FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[]) AS x(hash, tenant, purpose, recipient, about, days)
     ORDER BY x.hash ON CONFLICT (hash) DO NOTHING`,
    [
      tokens.map(({ hash }) => hash),
      tokens.map(({ tenant }) => tenant),
      tokens.map(({ purpose }) => purpose),
      tokens.map(({ recipient }) => recipient),
      tokens.map(({ about }) => about),
      tokens.map(({ lifeDays }) => lifeDays),
    ],
  );
}

/** Engine scope: the token itself tells the tenant. One of another purpose is none. */
export async function findPageToken(
  tx: Tx,
  hash: Buffer,
  purpose: PageChoice['purpose'],
): Promise<(PageChoice & { readonly expired: boolean }) | null> {
  const [row] = await tx.query<PageChoice & { readonly expired: boolean }>(
    `SELECT tenant, purpose, recipient, about, coalesce(expires_at < clock_timestamp(), false) AS expired
     FROM relance.page_tokens WHERE hash = $1 AND purpose = $2`,
    [hash, purpose],
  );
  return row ?? null;
}
