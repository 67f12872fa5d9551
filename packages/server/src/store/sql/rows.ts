// Many rows as parameters: one array a column. PostgreSQL takes arrays apart several times faster than JSON records (65 µs
// a follow-up, most of its update). Rare statements, and rows that hold lists, may still use json_to_recordset.

export interface Rows {
  /** `unnest($1::smallint[], …) AS x(slot, …)`: what to select from. The parameters after them are the statement's own. */
  readonly from: string;
  readonly names: string;
  values(rows: readonly Readonly<Record<string, unknown>>[]): unknown[];
}

/** `spec` lists columns and their types, as in `slot smallint, id uuid, data jsonb`. */
export function rowsOf(spec: string): Rows {
  const columns = spec.split(',').map((column) => {
    const [name = '', type = 'text'] = column.trim().split(/ +/);
    return { name, type };
  });
  const names = columns.map(({ name }) => name).join(', ');
  return {
    from: `unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) AS x(${names})`,
    names,
    values: (rows) =>
      columns.map(({ name, type }) =>
        type === 'jsonb' ? rows.map((row) => json(row[name])) : rows.map((row) => row[name] ?? null),
      ),
  };
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));
