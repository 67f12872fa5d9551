// Comma-separated values as spreadsheets write and read them (RFC 4180), for lists that come in and go out. A cell that a
// spreadsheet would take for a formula goes out with an apostrophe before it, and comes in without: at its beginning, and where a
// spreadsheet that expects semicolons or tabs between cells would see one begin. Each record comes with the line it begins at, so that
// whoever sent it finds what was refused; that, and these two, are why it is our own. Read by the server and by the dashboard, which
// shows what a file would do before it is sent.

const FORMULA = /(?<=^|[;\t])(?=[=+\-@\t\r])/g;
const GUARDED = /(?<=^|[;\t])'(?=[=+\-@\t\r])/g;

export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const safe = text.replaceAll(FORMULA, "'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  /** The last of all, with a quote that is never closed: it has taken whatever came after. */
  readonly unclosed?: true;
}

/** Spreadsheets of countries that write 3,5 put semicolons between cells; what is pasted from one has tabs. */
export const CSV_SEPARATORS = [',', ';', '\t'] as const;
export type CsvSeparator = (typeof CSV_SEPARATORS)[number];

/** What the first line has most of, outside quotes; a comma where it has none. */
export function csvSeparatorOf(text: string): CsvSeparator {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const sign of text) {
    if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === '\n' || sign === '\r') && counts.size > 0) break;
    else if (!quoted) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  return CSV_SEPARATORS.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0] ?? ',';
}

/** Empty lines are none. A quote that is never closed takes the rest, as one record that will not be what was meant, and says so. */
export function* csvRecords(text: string, separator: CsvSeparator = ','): Generator<CsvRecord> {
  let line = 1;
  let begun = 1;
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  const end = (): CsvRecord | null => {
    const record = { line: begun, cells: [...cells, unguarded(cell)] };
    cells = [];
    cell = '';
    begun = line;
    return record.cells.length === 1 && record.cells[0] === '' ? null : record;
  };
  for (let index = text.startsWith('\uFEFF') ? 1 : 0; index < text.length; index++) {
    const sign = text[index];
    if (sign === '\n') line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === separator) {
      cells.push(unguarded(cell));
      cell = '';
    } else if (sign === '\n') {
      const record = end();
      if (record !== null) yield record;
    } else if (sign !== '\r' || text[index + 1] !== '\n') cell += sign;
  }
  const last = end();
  if (last !== null) yield quoted ? { ...last, unclosed: true } : last;
}

const unguarded = (cell: string): string => cell.replaceAll(GUARDED, '');
