// The sandbox in which templates run: one Liquid for each kind of text (plain, HTML, chat), which knows the tags and filters of
// ALLOWED alone, reads own properties only, no files, no clock and no chance, and stops at limits of steps, time, memory
// and length. What comes from outside is written for its place (escape.ts, placing.ts). render.ts says what is written.
import {
  CaptureTag,
  type Context,
  type Emitter,
  Liquid,
  type Template as Part,
  filters as STANDARD,
  tags as TAGS,
  toValue,
} from 'liquidjs';
import { ownFilters, writingFilters } from '../render-filters.ts';
import { escapeChat, escapeHtml, textOf, Written } from './escape.ts';
import { PartTag } from './part-tag.ts';
import { placeValues } from './placing.ts';

/** What kind of text it is: `plain` is a text message, a mail's plain text, a title; nothing means anything in it. */
export type Writing = 'plain' | 'html' | 'chat';

/** One message's words stay under this; mail programs clip longer ones (Gmail at 102 KB). */
export const OUTPUT_MAX = 256 * 1024;
/** What is read at once: a template of 100,000 characters with its layout and parts in it. */
export const TEXT_MAX = 400_000;
/** Pieces of a template that are written: a long mail has some hundred, and this many take some 20 ms. */
export const STEPS_MAX = 20_000;
const RENDER_MAX_MS = 500;
const MEMORY_MAX = 500_000;
const PARSED_MAX = 500;

/** Nothing else is known: https://shopify.github.io/liquid, without what reads files, the clock, chance or templates. */
export const ALLOWED = {
  tags: 'assign break capture case comment continue cycle decrement echo for if increment liquid raw unless #'.split(
    ' ',
  ),
  filters: `abs append at_least at_most capitalize ceil compact concat default divided_by
    downcase escape escape_once find find_index first floor has join last lstrip map minus modulo newline_to_br plus prepend
    reject remove remove_first remove_last replace replace_first replace_last reverse round rstrip size slice sort
    sort_natural split strip strip_html strip_newlines sum times truncate truncatewords uniq upcase url_decode url_encode
    where`.split(/\s+/),
};

interface Spent {
  steps: number;
}
/** By the limiter that a rendering and the parts within it share. */
const spentBy = new WeakMap<object, Spent>();
const spentOf = ({ renderLimit }: Context): Spent => {
  const spent = spentBy.get(renderLimit) ?? { steps: 0 };
  spentBy.set(renderLimit, spent);
  return spent;
};

class Bounded implements Emitter {
  buffer = '';
  write(value: unknown): void {
    this.buffer += textOf(value);
    if (this.buffer.length > OUTPUT_MAX) throw new Error(`The text is longer than ${OUTPUT_MAX} characters`);
  }
}

type Escape = (text: string) => string;
const ESCAPES: Readonly<Record<Exclude<Writing, 'plain'>, Escape>> = { html: escapeHtml, chat: escapeChat };

/** What was captured is a piece of the text it stands in: its values are escaped once, when they are put in. */
function captureIn(write: Escape | null): typeof CaptureTag {
  return class extends CaptureTag {
    override *render(context: Context): Generator<unknown, void, string> {
      const text: string = yield this.liquid.renderer.renderTemplates(this.templates, context);
      context.memoryLimit.use(text.length);
      const isPlain = write === null || write(text) === text;
      (context.bottom() as Record<string, unknown>)[this.variable] = isPlain ? text : new Written(text);
    }
  };
}

function engineOf(writing: Writing): Liquid {
  const write = writing === 'plain' ? null : ESCAPES[writing];
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    jsTruthy: false,
    parseLimit: TEXT_MAX,
    renderLimit: RENDER_MAX_MS,
    memoryLimit: MEMORY_MAX,
    templates: {}, // no files
    ...(write === null
      ? {}
      : { outputEscape: (value: unknown) => (value instanceof Written ? value.text : write(textOf(value))) }),
  });
  for (const name of Object.keys(TAGS)) if (!ALLOWED.tags.includes(name)) delete engine.tags[name];
  for (const name of Object.keys(STANDARD)) if (!ALLOWED.filters.includes(name)) engine.unregisterFilter(name);
  for (const name of ['include', 'layout', 'block', 'render']) engine.registerTag(name, elsewhere(name));
  const own = { ...ownFilters(), ...(write === null ? {} : writingFilters(write)) };
  for (const [name, filter] of Object.entries(own)) engine.registerFilter(name, filter);
  engine.registerTag('part', PartTag);
  engine.registerTag('capture', captureIn(write));
  bound(engine);
  return engine;
}

/** Tags that compose.ts has put other text in the place of: where one is left, it stands where it cannot. */
const elsewhere = (name: string) => ({
  parse(): void {
    throw new Error(
      name === 'include'
        ? 'tag "include" is not known, use `render`, which says what it passes on'
        : `tag "${name}" cannot stand here`,
    );
  },
  render: () => '',
});

function bound(engine: Liquid): void {
  const { renderer } = engine;
  const run = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = function* (parts, context, emitter = new Bounded()) {
    const spent = spentOf(context);
    spent.steps += parts.length;
    if (spent.steps > STEPS_MAX) throw new Error('step limit exceeded');
    return yield* run(parts, context, emitter);
  };
}

const ENGINES: Readonly<Record<Writing, Liquid>> = {
  plain: engineOf('plain'),
  html: engineOf('html'),
  chat: engineOf('chat'),
};

/** By the text itself: one made of it would be hashed anew at every look. */
const PARSED: Readonly<Record<Writing, Map<string, Part[]>>> = { plain: new Map(), html: new Map(), chat: new Map() };

/** Throws where it is no Liquid, uses what is not allowed, or puts a value where it cannot stand. */
export function parseText(text: string, writing: Writing): Part[] {
  const parsed = PARSED[writing];
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const fresh = ENGINES[writing].parse(text);
  if (writing === 'html') placeValues(fresh, ENGINES.html);
  for (const oldest of parsed.keys()) if (parsed.size >= PARSED_MAX) parsed.delete(oldest);
  parsed.set(text, fresh);
  return fresh;
}

/** Runs a parsed text: `scope` is what every part of it sees. Throws at a limit. */
export function writeText(text: string, writing: Writing, scope: Readonly<Record<string, unknown>>): string {
  const parts = parseText(text, writing);
  const run = (): string =>
    String(toValue(ENGINES[writing].renderSync(parts, Object.create(null), { globals: scope })));
  try {
    return run();
  } catch (error) {
    // The time limit is for templates that do not end, but it is measured by a clock: a process that stood still for a moment
    // would fail a message for good. Only a template that is too slow twice is too slow.
    if (!/render limit exceeded/.test((error as Error).message)) throw error;
    return run();
  }
}
