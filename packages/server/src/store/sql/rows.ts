// Many rows as parameters: one array a column, which PostgreSQL takes apart several times faster than JSON records. What is
// the same in every row travels once, as a plain value: the rows of one batch mostly run the same stage of one policy, so
// that of twenty columns three differ.

/** Rows as they go into a statement. Its own parameters come after them, from `$${values.length + 1}` on. */
export interface Rows {
  /** What to select from, as `x`, with the columns in their order. */
  readonly from: string;
  readonly values: readonly unknown[];
}
export interface RowsOf<T> {
  /** The columns, for the list of an INSERT. */
  readonly names: string;
  of(items: readonly T[]): Rows;
}
/** A column's type, and how an item fills it; a `jsonb` column is given a value, not its text. */
export type Column<T> = readonly [type: string, read: (item: T) => unknown];

export type Columns<T> = Readonly<Record<string, Column<T>>>;

/** The columns of a part of an item. */
export const columnsOver = <T, Part>(columns: Columns<Part>, part: (item: T) => Part): Columns<T> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, [type, read]]): [string, Column<T>] => [
      name,
      [type, (item) => read(part(item))],
    ]),
  );

export function rowsOf<T>(columns: Columns<T>): RowsOf<T> {
  const all = Object.entries(columns);
  return {
    names: Object.keys(columns).join(', '),
    of(items) {
      const values: unknown[] = [];
      const selected: string[] = [];
      const unnested: string[] = [];
      const differing: string[] = [];
      for (const [name, [type, read]] of all) {
        const column = type === 'jsonb' ? jsonOf(items, read) : items.map((item) => read(item) ?? null);
        const first = column[0];
        const same = column.every((value) => value === first);
        values.push(same ? first : column);
        selected.push(same ? `$${values.length}::${type} AS ${name}` : `u.${name}`);
        if (same) continue;
        unnested.push(`$${values.length}::${type}[]`);
        differing.push(name);
      }
      // As many rows as items, also where no column differs.
      const source =
        unnested.length > 0
          ? `unnest(${unnested.join(', ')}) AS u(${differing.join(', ')})`
          : `generate_series(1, ${items.length})`;
      return { from: `(SELECT ${selected.join(', ')} FROM ${source}) AS x`, values };
    },
  };
}

/** The same value, asked for again and again, is written out once. */
function jsonOf<T>(items: readonly T[], read: (item: T) => unknown): (string | null)[] {
  let last: unknown;
  let text: string | null = null;
  return items.map((item) => {
    const value = read(item) ?? null;
    if (value !== last) {
      last = value;
      text = value === null ? null : JSON.stringify(value);
    }
    return text;
  });
}
