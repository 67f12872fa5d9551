// What the three small grammars (duration.ts, offset.ts, target.ts) share: a cursor over one line of text, and results
// that are values, so that an error can point at the character.

/** `at` is the 0-based character; `message` says what was expected there, without a full stop. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly at: number; readonly message: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const expected = (
  at: number,
  message: string,
): { readonly ok: false; readonly at: number; readonly message: string } => ({ ok: false, at, message });

/** A text of these grammars is a phrase, not a document. */
export const PHRASE_LENGTH_MAX = 300;

/** Letters, digits and the marks that ids may contain; never a space, comma, quote or parenthesis. */
/** Of every id that people choose, in policies, events and over HTTP: what one takes the others can name. */
export const ID_LENGTH_MAX = 128;
export const ID = /^[A-Za-z0-9][A-Za-z0-9_.:@+/-]{0,127}$/;

export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
  }

  /** What a sticky pattern matches here; moves behind it. */
  take(pattern: RegExp): string | null {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text);
    if (match === null) return null;
    this.at += match[0].length;
    return match[0];
  }

  takeText(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** The rest of the text, for a message; cut so that a message stays a sentence. */
  rest(): string {
    const rest = this.text.slice(this.at);
    return rest.length > 30 ? `${rest.slice(0, 30)}…` : rest;
  }
}

/** Reads a whole text: nothing but space may follow. */
export function parseAll<T>(text: string, read: (scanner: Scanner) => Parsed<T>): Parsed<T> {
  if (text.length > PHRASE_LENGTH_MAX)
    return expected(PHRASE_LENGTH_MAX, `at most ${PHRASE_LENGTH_MAX} characters are expected`);
  const scanner = new Scanner(text);
  scanner.skipSpace();
  const result = read(scanner);
  if (!result.ok) return result;
  scanner.skipSpace();
  return scanner.atEnd ? result : expected(scanner.at, `the end is expected, not "${scanner.rest()}"`);
}
