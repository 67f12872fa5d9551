// Where a set statement may look. Rows always carry their own slot; statements of wake and commands also name the one slot
// by equality, so that on a distributed PostgreSQL they run on one shard, and claims are not refused there. Ingest spans
// slots. The deliver loop does where the store is one server, and goes slot by slot where it is not (ADR 0014).
export type Slots = number | 'each';

/** The condition that keeps a statement in its slot; nothing where it spans slots. A slot is a small whole number of ours. */
export const inSlot = (slots: Slots, alias: string): string =>
  slots === 'each' ? '' : ` AND ${alias}.slot = ${Math.trunc(slots)}`;

/** Rows as one set, or as a set for each slot. */
export function inSets<Row extends { readonly slot: number }>(
  spanning: boolean,
  rows: readonly Row[],
): readonly (readonly [Slots, readonly Row[]])[] {
  if (rows.length === 0) return [];
  if (spanning) return [['each', rows]];
  return [...Map.groupBy(rows, ({ slot }) => slot)].sort(([a], [b]) => a - b);
}
