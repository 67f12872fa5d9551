// Categories: what a policy is about, as recipients will see it in the preference centre.
import type { Tx } from '../database.ts';

export interface Category {
  readonly id: string;
  readonly title: string;
  readonly essential: boolean;
  readonly defaults: unknown;
}

export async function putCategory(tx: Tx, tenant: string, category: Category): Promise<void> {
  await tx.query(
    `INSERT INTO relance.categories (tenant, id, title, essential, defaults) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant, id) DO UPDATE SET title = excluded.title, essential = excluded.essential, defaults = excluded.defaults`,
    [tenant, category.id, category.title, category.essential, JSON.stringify(category.defaults)],
  );
}

export async function listCategories(tx: Tx, tenant: string, after: string | null, limit: number): Promise<Category[]> {
  return tx.query(
    'SELECT id, title, essential, defaults FROM relance.categories WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
    [tenant, after, limit],
  );
}

export async function getCategory(tx: Tx, tenant: string, id: string): Promise<Category | null> {
  const [row] = await tx.query<Category>(
    'SELECT id, title, essential, defaults FROM relance.categories WHERE tenant = $1 AND id = $2',
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
