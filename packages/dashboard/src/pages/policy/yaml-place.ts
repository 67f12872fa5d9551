// Where in a policy's YAML a cursor stands: the path to it, whether a key or a value is written there, and what is written of it so
// far. While somebody types the text is seldom whole, so it is read line by line and bracket by bracket, not parsed.

export interface Place {
  /** Keys, and 0 for any item of a list: `['stages', 0, 'notify']`. Of a key it is the map that the key is of. */
  readonly path: readonly (string | 0)[];
  /** `item`: after the `-` of a list, or within `[`: a text, or the first key of a map. */
  readonly kind: 'key' | 'value' | 'item';
  /** Where what is written so far begins. */
  readonly from: number;
  /** Keys that the map has already. */
  readonly present: readonly string[];
  /** Within brackets, where everything stands on one line. */
  readonly flow: boolean;
}

interface Level {
  readonly column: number;
  /** Null: an item of a list. */
  readonly key: string | null;
}
interface Frame {
  readonly open: '{' | '[';
  key: string | null;
  keys: string[];
  /** Where the entry begins that is written. */
  from: number;
}

const KEY = /^(["']?)([A-Za-z_][\w.-]*)\1[ \t]*:(?=[ \t]|$)/;
/** A text over several lines: what is deeper than its key is no YAML. */
const BLOCK_TEXT = /:[ \t]+[|>][+-]?\d?[ \t]*$/;

/** Null where nothing can be completed: in a comment, or in a text. */
export function placeAt(text: string, offset: number): Place | null {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const flow = openBrackets(before);
  if (flow === 'text') return null;
  const at = flow.frames.length === 0 ? lineStart : before.lastIndexOf('\n', flow.begin) + 1;
  const above = levelsBefore(text.slice(0, at));
  return flow.frames.length === 0
    ? blockPlace(text, above, { lineStart, offset })
    : flowPlace(before, above.levels, at, flow.begin, flow.frames);
}

interface Above {
  readonly levels: readonly Level[];
  /** What is deeper than this is text, not YAML; null: nothing is. */
  readonly textOf: number | null;
}

/** What the lines above leave open. */
function levelsBefore(text: string): Above {
  let levels: readonly Level[] = [];
  let textOf: number | null = null;
  for (const line of text.split('\n').slice(0, -1)) {
    const column = line.search(/\S/);
    if (column === -1 || line[column] === '#') continue;
    if (textOf !== null && column > textOf) continue;
    textOf = null;
    levels = entered(levels, line).levels;
    if (BLOCK_TEXT.test(line)) textOf = levels.at(-1)?.column ?? 0;
  }
  return { levels, textOf };
}

/** A line's own items and key, put in their place among those above it. */
function entered(levels: readonly Level[], line: string): { levels: Level[]; column: number; rest: string } {
  let column = line.search(/\S|$/);
  let rest = line.slice(column);
  let open = [...levels];
  for (let item = /^-(?:[ \t]+|$)/.exec(rest); item !== null; item = /^-(?:[ \t]+|$)/.exec(rest)) {
    const here = column;
    open = [...open.filter((one) => one.column < here || (one.column === here && one.key !== null)), itemAt(here)];
    column += item[0].length;
    rest = rest.slice(item[0].length);
  }
  const key = KEY.exec(rest)?.[2];
  if (key !== undefined) open = [...open.filter((one) => one.column < column), { column, key }];
  return { levels: open, column, rest };
}

const itemAt = (column: number): Level => ({ column, key: null });
const pathOf = (levels: readonly Level[]): readonly (string | 0)[] => levels.map(({ key }) => key ?? 0);

function blockPlace(
  text: string,
  { levels, textOf }: Above,
  { lineStart, offset }: { readonly lineStart: number; readonly offset: number },
): Place | null {
  const written = text.slice(lineStart, offset);
  if (/(^|\s)#/.test(written) || (textOf !== null && written.search(/\S|$/) > textOf)) return null;
  const { levels: open, column, rest } = entered(levels, written);
  const key = KEY.exec(rest);
  if (key !== null) {
    const value = rest.slice(key[0].length).search(/\S|$/) + key[0].length;
    return { path: pathOf(open), kind: 'value', from: lineStart + column + value, present: [], flow: false };
  }
  const afterItem = /^[ \t]*-/.test(written);
  const around = afterItem ? open : open.filter((one) => one.column < column);
  return {
    path: pathOf(around),
    kind: afterItem ? 'item' : 'key',
    from: lineStart + column,
    present: keysBeside(text, lineStart, column),
    flow: false,
  };
}

/** The keys above and below a line that stand in its column, as far as the map goes. */
function keysBeside(text: string, lineStart: number, column: number): readonly string[] {
  const above = text.slice(0, lineStart).split('\n').slice(0, -1).toReversed();
  const below = text.slice(lineStart).split('\n').slice(1);
  const own = text.slice(lineStart).split('\n')[0] ?? '';
  const opensItem = /^\s*-/.test(own);
  return [...(opensItem ? [] : keysDown(above, column)), ...keysDown(below, column)];
}

function keysDown(lines: readonly string[], column: number): readonly string[] {
  const keys: string[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const bare = line.replace(/-(?=\s)/g, ' ');
    const here = bare.search(/\S/);
    if (here < column) break;
    const key = here === column ? KEY.exec(bare.slice(column))?.[2] : undefined;
    if (key !== undefined) keys.push(key);
    if (line.search(/\S/) < column) break; // the item began here
  }
  return keys;
}

/** The brackets that are open at the end of a text, and where the first of them stands; `text` within quotes or a comment. */
function openBrackets(text: string): { readonly frames: readonly Frame[]; readonly begin: number } | 'text' {
  const frames: Frame[] = [];
  let begin = 0;
  let quote: string | null = null;
  let previous = '\n';
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? '';
    if (quote !== null) {
      if (letter === '\\' && quote === '"') index += 1;
      else if (letter === quote) quote = null;
      continue;
    }
    const begins = frames.length > 0 ? /[\s:[{,]/.test(previous) : /[\n:[{,-]/.test(lastMark(text, index));
    if (letter === '#' && /\s/.test(text[index - 1] ?? '\n')) {
      const end = text.indexOf('\n', index);
      if (end === -1) return 'text';
      index = end;
      previous = '\n';
      continue;
    }
    if ((letter === '"' || letter === "'") && begins) quote = letter;
    else if ((letter === '{' || letter === '[') && begins) {
      if (frames.length === 0) begin = index;
      frames.push({ open: letter, key: null, keys: [], from: index + 1 });
    } else if (frames.length > 0) takeInBrackets(frames, text, index);
    if (letter.trim() !== '' || letter === '\n') previous = letter;
  }
  return quote === null || frames.length > 0 ? { frames, begin } : 'text';
}

/** The last letter before a place that is no space. */
function lastMark(text: string, index: number): string {
  for (let at = index - 1; at >= 0; at--) if (text[at] !== ' ' && text[at] !== '\t') return text[at] ?? '\n';
  return '\n';
}

function takeInBrackets(frames: Frame[], text: string, index: number): void {
  const letter = text[index];
  const frame = frames.at(-1);
  if (frame === undefined) return;
  if (letter === '}' || letter === ']') frames.pop();
  else if (letter === ',') {
    frame.key = null;
    frame.from = index + 1;
  } else if (letter === ':' && frame.open === '{' && frame.key === null && /\s|$/.test(text[index + 1] ?? ' ')) {
    frame.key = text.slice(frame.from, index).trim().replaceAll(/["']/g, '');
    frame.keys.push(frame.key);
    frame.from = index + 1;
  }
}

function flowPlace(
  before: string,
  levels: readonly Level[],
  lineAt: number,
  begin: number,
  frames: readonly Frame[],
): Place {
  const { levels: open } = entered(levels, before.slice(lineAt, begin));
  const path: (string | 0)[] = [...pathOf(open)];
  for (const frame of frames.slice(0, -1)) path.push(frame.open === '[' ? 0 : (frame.key ?? ''));
  const inner = frames.at(-1) as Frame;
  const from = inner.from + before.slice(inner.from).search(/\S|$/);
  if (inner.open === '[') return { path: [...path, 0], kind: 'item', from, present: [], flow: true };
  return inner.key === null
    ? { path, kind: 'key', from, present: inner.keys, flow: true }
    : { path: [...path, inner.key], kind: 'value', from, present: [], flow: true };
}
