// iCalendar text (RFC 5545) as components and content lines: unfolding, parameters, quoting, nesting. It knows no
// component by name; all-day-events.ts reads the events of a holiday calendar from it.
import { expected, type Parsed, parsed } from './policy/scanner.ts';

export interface ContentLine {
  readonly name: string; // upper case
  /** Upper-case names; of several values of a parameter the text as it was written. */
  readonly params: ReadonlyMap<string, string>;
  readonly value: string;
  /** Where it begins: the character of the text, and the line, which messages name. */
  readonly at: number;
  readonly line: number;
}

export interface Component {
  readonly name: string;
  readonly lines: readonly ContentLine[];
  readonly parts: readonly Component[];
  readonly at: number;
  readonly line: number;
}

/** A public holiday calendar of several years has some 100 KB. */
export const ICALENDAR_TEXT_MAX = 524_288;
/** A calendar holds events, and an event alarms: three levels. */
const DEPTH_MAX = 8;

/** What is wrong with a line, and where. */
export const wrongLine = ({ at, line }: { readonly at: number; readonly line: number }, message: string) =>
  expected(at, `on line ${line} ${message}`);

/** The one VCALENDAR of a text. */
export function parseIcalendar(text: string): Parsed<Component> {
  if (text.length > ICALENDAR_TEXT_MAX)
    return expected(ICALENDAR_TEXT_MAX, `at most ${ICALENDAR_TEXT_MAX} characters are expected`);
  const lines: ContentLine[] = [];
  for (const raw of unfold(text)) {
    const line = readLine(raw);
    if (!line.ok) return line;
    lines.push(line.value);
  }
  return nest(lines);
}

interface RawLine {
  text: string;
  readonly at: number;
  readonly line: number;
}

/** Content lines, joined where they were folded; empty ones are passed over, since many writers leave one at the end. */
function unfold(text: string): readonly RawLine[] {
  const found: RawLine[] = [];
  let line = 0;
  for (const match of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    line += 1;
    let content = match[1] ?? '';
    let at = match.index;
    if (at === 0 && content.startsWith('\uFEFF')) {
      content = content.slice(1);
      at = 1;
    }
    const last = found.at(-1);
    if (/^[ \t]/.test(content) && last !== undefined) last.text += content.slice(1);
    else if (content.trim() !== '') found.push({ text: content, at, line });
  }
  return found;
}

const NAME = /^[A-Za-z0-9-]+/;
const PARAM = /^;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/;

function readLine({ text, at, line }: RawLine): Parsed<ContentLine> {
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return wrongLine({ at, line }, 'a name is expected, as in "DTSTART:20261225"');
  let rest = text.slice(name.length);
  const params = new Map<string, string>();
  for (let param = PARAM.exec(rest); param !== null; param = PARAM.exec(rest)) {
    params.set((param[1] ?? '').toUpperCase(), (param[2] ?? '').replaceAll('"', ''));
    rest = rest.slice(param[0].length);
  }
  if (!rest.startsWith(':')) return wrongLine({ at, line }, `":" and a value are expected after "${name}"`);
  return parsed({ name: name.toUpperCase(), params, value: rest.slice(1), at, line });
}

interface Growing extends Component {
  readonly lines: ContentLine[];
  readonly parts: Component[];
}

function nest(lines: readonly ContentLine[]): Parsed<Component> {
  const open: Growing[] = [];
  let whole: Component | null = null;
  for (const one of lines) {
    const word = one.value.trim().toUpperCase();
    const inner = open.at(-1);
    if (one.name === 'BEGIN') {
      if (whole !== null) return wrongLine(one, 'the end of the text is expected: one calendar is read');
      if (inner === undefined && word !== 'VCALENDAR') return wrongLine(one, '"BEGIN:VCALENDAR" is expected');
      if (open.length >= DEPTH_MAX) return wrongLine(one, `at most ${DEPTH_MAX} levels are expected`);
      open.push({ name: word, lines: [], parts: [], at: one.at, line: one.line });
    } else if (inner === undefined) {
      return wrongLine(one, whole === null ? '"BEGIN:VCALENDAR" is expected' : 'the end of the text is expected');
    } else if (one.name === 'END') {
      if (word !== inner.name) return wrongLine(one, `"END:${inner.name}" is expected, not "END:${word}"`);
      open.pop();
      const around = open.at(-1);
      if (around === undefined) whole = inner;
      else around.parts.push(inner);
    } else inner.lines.push(one);
  }
  const unended = open.at(-1);
  if (unended !== undefined) return wrongLine(unended, `"BEGIN:${unended.name}" has no end`);
  return whole === null ? expected(0, '"BEGIN:VCALENDAR" is expected') : parsed(whole);
}

/** TEXT as people read it: `\,` `\;` `\\` and `\n` are what they stand for. */
export const unescapeText = (text: string): string =>
  text.replaceAll(/\\([\\;,nN])/g, (_, mark: string) => (mark === 'n' || mark === 'N' ? '\n' : mark));
