// `{% part "footer", name: value %}…{% endpart %}`: what compose.ts makes of `{% render "footer", name: value %}`, with the text of
// the other template in it. As `render` does it, the text sees what every template sees and what is passed on, nothing that
// was assigned around it.

import type { Liquid, Parser, TopLevelToken, ValueToken } from 'liquidjs';
import { type Context, Drop, type Emitter, evalToken, Hash, type Template as Part, Tag, type TagToken } from 'liquidjs';

interface Passed {
  readonly value: ValueToken;
  readonly name: string;
}

/** What a loop of parts is told of itself. */
class Turns extends Drop {
  readonly length: number;
  #turn = 0;
  constructor(length: number) {
    super();
    this.length = length;
  }
  next(): void {
    this.#turn++;
  }
  index = (): number => this.#turn + 1;
  index0 = (): number => this.#turn;
  rindex = (): number => this.length - this.#turn;
  rindex0 = (): number => this.length - this.#turn - 1;
  first = (): boolean => this.#turn === 0;
  last = (): boolean => this.#turn === this.length - 1;
}

export class PartTag extends Tag {
  readonly #parts: Part[] = [];
  readonly #hash: Hash;
  #with: Passed | null = null;
  #for: Passed | null = null;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, rest, liquid);
    const part = /^\s*(["'])([^"']+)\1/.exec(token.args)?.[2] ?? '';
    this.tokenizer.readValue();
    this.#readPassed(part);
    this.#hash = new Hash(this.tokenizer);
    let closed = false;
    parser
      .parseStream(rest)
      .on('template', (one: Part) => this.#parts.push(one))
      .on('tag:endpart', function (this: { stop(): unknown }) {
        closed = true;
        this.stop();
      } as never)
      .start();
    if (!closed) throw new Error(`tag ${token.getText()} not closed`);
  }

  /** `with value as name` or `for list as name`. */
  #readPassed(part: string): void {
    const { tokenizer } = this;
    tokenizer.skipBlank();
    const begin = tokenizer.p;
    const { content: keyword } = tokenizer.readIdentifier();
    tokenizer.skipBlank();
    const value = /^(?:with|for)$/.test(keyword) && tokenizer.peek() !== ':' ? tokenizer.readValue() : undefined;
    if (value === undefined) {
      tokenizer.p = begin;
      return;
    }
    const before = tokenizer.p;
    const named = tokenizer.readIdentifier().content === 'as';
    if (!named) tokenizer.p = before;
    const passed = { value, name: named ? tokenizer.readIdentifier().content : part };
    if (keyword === 'with') this.#with = passed;
    else this.#for = passed;
  }

  *render(context: Context, emitter: Emitter): Generator<unknown, void, never> {
    const inner = context.spawn();
    const scope = inner.bottom() as Record<string, unknown>;
    Object.assign(scope, yield this.#hash.render(context));
    if (this.#with !== null) scope[this.#with.name] = yield evalToken(this.#with.value, context);
    const write = () => this.liquid.renderer.renderTemplates(this.#parts, inner, emitter);
    if (this.#for === null) {
      yield write();
      return;
    }
    const found: unknown = yield evalToken(this.#for.value, context);
    const list: readonly unknown[] = Array.isArray(found)
      ? found
      : found === null || found === undefined
        ? []
        : [found];
    const turns = new Turns(list.length);
    scope.forloop = turns;
    for (const one of list) {
      scope[this.#for.name] = one;
      yield write();
      turns.next();
    }
  }

  // biome-ignore lint/correctness/useYield: Liquid asks for a generator that answers with them.
  *children(): Generator<unknown, Part[]> {
    return this.#parts;
  }

  *arguments(): Generator<ValueToken, void> {
    for (const value of Object.values(this.#hash.hash)) if (value !== undefined) yield value as ValueToken;
    for (const passed of [this.#with, this.#for]) if (passed !== null) yield passed.value;
  }

  /** Written once for each of a list. */
  get repeats(): boolean {
    return this.#for !== null;
  }

  blockScope(): string[] {
    const passed = [this.#with, this.#for].flatMap((one) => (one === null ? [] : [one.name]));
    return [...Object.keys(this.#hash.hash), ...passed, 'forloop'];
  }
}
