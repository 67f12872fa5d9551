// Allowances: how many more messages a connection or a tenant may hand over, counted across nodes on the server's clock. A
// token bucket a row; what was taken and not used is given back.
import type { Tx } from '../database.ts';

export interface Allowance {
  readonly tenant: string;
  /** `connection:<id>`, or `messages` for the tenant's quota. */
  readonly scope: string;
  /** Tokens a second. */
  readonly rate: number;
  /** How many there are at most. */
  readonly burst: number;
}

/** Takes up to as many as wanted of each; answers how many it got of each, in order. */
export async function takeAllowances(
  tx: Tx,
  wanted: readonly (Allowance & { readonly want: number })[],
): Promise<number[]> {
  if (wanted.length === 0) return [];
  const rows = await tx.query<{ given: number }>(
    `SELECT relance.take_allowance(x.tenant, x.scope, x.want, x.rate, x.burst) AS given
     FROM unnest($1::text[], $2::text[], $3::integer[], $4::float8[], $5::float8[]) WITH ORDINALITY AS x(tenant, scope, want, rate, burst, n) ORDER BY x.n`,
    [
      wanted.map((one) => one.tenant),
      wanted.map((one) => one.scope),
      wanted.map((one) => one.want),
      wanted.map((one) => one.rate),
      wanted.map((one) => one.burst),
    ],
  );
  return rows.map((row) => row.given);
}
