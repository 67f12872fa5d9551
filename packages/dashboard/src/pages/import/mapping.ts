// Which column is which field: guessed from the headers, changed by hand, and applied to a row. Columns that are no field may be kept
// under their own names.
import type { ImportField, ImportKind, RowRecord } from './import-kind.ts';
import { plainName, type Sheet, type SheetRow } from './sheet.ts';

export interface Mapping {
  /** Column of each field by its name; one column may stand for several. */
  readonly fields: Readonly<Record<string, number>>;
  /** Name under which a column is kept, by the column. */
  readonly extra: ReadonlyMap<number, string>;
}

export function guessMapping<B>({ fields, extra }: ImportKind<B>, { header }: Sheet): Mapping {
  const plains = header.map(plainName);
  const found: Record<string, number> = {};
  for (const field of fields) {
    const column = columnOf(field, plains, Object.values(found));
    if (column !== null) found[field.name] = column;
  }
  const taken = new Set(Object.values(found));
  const kept = new Map<number, string>();
  header.forEach((name, column) => {
    if (taken.has(column)) return;
    const prefix = extra.prefixes.find((one) => name.toLowerCase().startsWith(one) && name.length > one.length);
    if (prefix !== undefined) kept.set(column, name.slice(prefix.length).trim());
    else if (extra.all === true) kept.set(column, name);
  });
  return { fields: found, extra: kept };
}

/** By the names in their order, the likeliest first. */
function columnOf({ called }: ImportField, plains: readonly string[], taken: readonly number[]): number | null {
  for (const name of called) {
    const column = plains.findIndex((one, index) => one === name && !taken.includes(index));
    if (column >= 0) return column;
  }
  return null;
}

/** Cells that are empty say nothing. */
export function recordOf({ fields, extra }: Mapping, { cells }: SheetRow): RowRecord {
  const textAt = (column: number): string => (cells[column] ?? '').trim();
  const read = Object.entries(fields).flatMap(([name, column]) => {
    const text = textAt(column);
    return text === '' ? [] : [[name, text] as const];
  });
  const kept = [...extra].flatMap(([column, name]) => {
    const text = textAt(column);
    return text === '' ? [] : [[name, cellValue(text)] as const];
  });
  return { fields: Object.fromEntries(read), extra: Object.fromEntries(kept) };
}

const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/;
/** What is written as a number or as true or false is one, `1500.50` too, so that conditions can count; `007` and `1e3` stay text. */
export function cellValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return PLAIN_NUMBER.test(text) ? Number(text) : text;
}

/** What has to be settled before anything can be tried. */
export function missingIn<B>({ fields }: ImportKind<B>, mapping: Mapping): readonly ImportField[] {
  return fields.filter(({ name, required }) => required && mapping.fields[name] === undefined);
}
