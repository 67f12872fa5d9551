// A file as its columns and rows. What cannot be read as CSV is said, with what to do.
import { type CsvRecord, csvRecords, csvSeparatorOf } from '@relance/core';

export const FILE_BYTES_MAX = 20_000_000;
export const ROWS_MAX = 100_000;
/** Each is asked about in a field of its own. */
export const COLUMNS_MAX = 200;
/** Between so many rows the page may draw, and do what somebody asks of it. */
const AT_A_STRETCH_ROWS = 5_000;

export interface SheetRow {
  /** Of the file, the first is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}
export interface Sheet {
  readonly name: string;
  /** No two of them are the same: a column that is called as one before it is has its number in its name. */
  readonly header: readonly string[];
  /** As the first line has them. */
  readonly written: readonly string[];
  readonly rows: readonly SheetRow[];
}

/** What is wrong with a file as a whole. */
export class NoSheet extends Error {}

/** UTF-8, or what spreadsheets of Windows write without being asked. */
export function decoded(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (utf16) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** `said` hears how many rows are read. */
export async function readSheet(
  name: string,
  bytes: Uint8Array,
  said: (rows: number) => void = () => {},
): Promise<Sheet> {
  if (bytes.byteLength > FILE_BYTES_MAX)
    throw new NoSheet(`The file has more than ${FILE_BYTES_MAX / 1_000_000} MB. Split it, and import the parts.`);
  // ZIP: what spreadsheets keep their own files as.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw new NoSheet('This is a spreadsheet, not CSV. Save the sheet as CSV (UTF-8) and choose that file.');
  const text = decoded(bytes);
  if (text.includes('\u0000')) throw new NoSheet('This is not text. Choose a CSV file.');
  const [first, ...rows] = await recordsIn(text, said);
  const malformed = first?.malformed === undefined ? rows.find((row) => row.malformed !== undefined) : first;
  if (malformed !== undefined) throw new NoSheet(malformedText(malformed));
  if (first === undefined) throw new NoSheet('The file is empty. Its first line names the columns.');
  if (first.cells.length > COLUMNS_MAX)
    throw new NoSheet(
      `The file has ${first.cells.length} columns; ${COLUMNS_MAX} are taken at most. Leave out those that are not needed.`,
    );
  if (rows.length === 0) throw new NoSheet('The file has one line only. Its first line names the columns.');
  if (rows.length > ROWS_MAX)
    throw new NoSheet(
      `The file has ${rows.length} rows; ${ROWS_MAX} are taken at once. Split it, and import the parts.`,
    );
  const written = first.cells.map((cell, index) => cell.trim() || `Column ${index + 1}`);
  return { name, header: toldApart(written), written, rows };
}

/** One such line, and every row after it may be another than it seems: the file is not read. */
function malformedText({ line, malformed }: CsvRecord): string {
  const what =
    malformed === 'unclosed'
      ? 'that is never closed: everything after it would be one cell'
      : 'that the next one does not close at the end of a cell: whatever stands between them would be one cell';
  return `Line ${line} has a quote (") ${what}. Put a cell that has quotes in it into quotes as a whole, write each of its own twice, and choose the file again.`;
}

/** Two that are called the same would look the same: the later ones have their number beside their name. */
function toldApart(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    let own = name;
    while (taken.has(own)) own = `${own} (column ${index + 1})`;
    taken.add(own);
    return own;
  });
}

/** Small letters and digits without accents: `E-Mail Adresse` is `emailadresse`. By that columns are found. */
export const plainName = (header: string): string =>
  header
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Columns of which a field would be found in the first alone, as `Email` and `email`, under what they are called here. */
export function calledAlike({ header, written }: Sheet): readonly (readonly string[])[] {
  const alike = Object.groupBy(header, (_, index) => plainName(written[index] ?? '') || (written[index] ?? ''));
  return Object.values(alike).flatMap((columns = []) => (columns.length > 1 ? [columns] : []));
}

async function recordsIn(text: string, said: (rows: number) => void): Promise<readonly CsvRecord[]> {
  const records: CsvRecord[] = [];
  for (const record of csvRecords(text, csvSeparatorOf(text))) {
    if (records.length % AT_A_STRETCH_ROWS === 0) {
      said(records.length);
      await new Promise((goOn) => setTimeout(goOn, 0));
    }
    records.push(record);
  }
  return records;
}
