// Categories: what a policy is about, as recipients see it in the preference centre.
import type { CategoryKnown } from '@relance/core';
import type { Tx } from '../database.ts';

export async function putCategory(tx: Tx, tenant: string, category: CategoryKnown): Promise<void> {
  await tx.query(
    `INSERT INTO relance.categories (tenant, id, title, essential, why, defaults) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant, id) DO UPDATE SET title = excluded.title, essential = excluded.essential, why = excluded.why, defaults = excluded.defaults`,
    [tenant, category.id, category.title, category.essential, category.why, JSON.stringify(category.defaults)],
  );
}

export async function listCategories(
  tx: Tx,
  tenant: string,
  after: string | null,
  limit: number,
): Promise<CategoryKnown[]> {
  return tx.query(
    'SELECT id, title, essential, why, defaults FROM relance.categories WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
    [tenant, after, limit],
  );
}

export async function getCategory(tx: Tx, tenant: string, id: string): Promise<CategoryKnown | null> {
  const [row] = await tx.query<CategoryKnown>(
    'SELECT id, title, essential, why, defaults FROM relance.categories WHERE tenant = $1 AND id = $2',
    [tenant, id],
  );
  return row ?? null;
}

export async function deleteCategory(tx: Tx, tenant: string, id: string): Promise<boolean> {
  return (
    (await tx.query('DELETE FROM relance.categories WHERE tenant = $1 AND id = $2 RETURNING id', [tenant, id])).length >
    0
  );
}
