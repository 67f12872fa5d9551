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
  /** That it begins at; of a malformed one that of its quote. The first is 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /**
   * A cell begins with a quote that is never closed (`unclosed`), or the next quote does not end the cell (`goes_on`): `5" or 6"` is
   * written so, or a quote was forgotten. It is not what was meant, and reading goes on at the next line.
   */
  readonly malformed?: 'unclosed' | 'goes_on';
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

/**
 * Lines end as they do anywhere: of old Macs too. Empty lines are none. After a quote that closes a cell come only a separator or the
 * end of the line: a quote that nobody meant would otherwise take whatever stands before the next one, rows and all.
 */
export function* csvRecords(text: string, separator: CsvSeparator = ','): Generator<CsvRecord> {
  let line = 1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const begun = line;
    const cells: string[] = [];
    let malformed: CsvRecord['malformed'];
    for (;;) {
      const quoted = text[at] === '"';
      const end = quoted ? quotedEnd(text, at, separator) : plainEnd(text, at, separator);
      if (typeof end === 'string') {
        malformed = end;
        const rest = plainEnd(text, at, null);
        cells.push(text.slice(at, rest));
        at = rest;
        break;
      }
      cells.push(unguarded(quoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end)));
      if (quoted) line += lineEnds(text, at, end);
      at = end;
      if (text[at] !== separator) break;
      at += 1;
    }
    if (malformed !== undefined) yield { line, cells, malformed };
    else if (cells.length > 1 || cells[0] !== '') yield { line: begun, cells };
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
  }
}

/** Where a cell without quotes ends; without a separator where the line does. */
function plainEnd(text: string, from: number, separator: CsvSeparator | null): number {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** Behind the quote that closes the one here, or why nothing does. */
function quotedEnd(text: string, from: number, separator: CsvSeparator): number | 'unclosed' | 'goes_on' {
  let at = text.indexOf('"', from + 1);
  while (text[at + 1] === '"' && at !== -1) at = text.indexOf('"', at + 2);
  if (at === -1) return 'unclosed';
  return at + 1 === text.length || [separator, '\n', '\r'].includes(text[at + 1] ?? '') ? at + 1 : 'goes_on';
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) count += 1;
  return count;
}

const unguarded = (cell: string): string => cell.replaceAll(GUARDED, '');
