// Which fields of its names an expression reads, and what each is compared with or used as: enough to invent an event that
// the expression can be evaluated over, and is true of, where that can be seen. Nothing is evaluated here.
import { parse } from '@bufbuild/cel';
import { type Call, type Expression, textOf } from './cel-expression.ts';

export interface FieldUse {
  /** `event.data.amount` as its parts. */
  readonly path: readonly string[];
  /** What it must be for the expression to be true, where one can say; `undefined` where not. */
  readonly wanted?: unknown;
  /** More (1) or less (-1) than that is as good. */
  readonly bound?: number;
  /** What it is used as; null: nothing shows. */
  readonly as: 'text' | 'number' | 'moment' | 'list' | 'truth' | 'duration' | null;
  /** It is asked whether it is there, and it should not be. */
  readonly absent?: boolean;
}

/** Every field that an expression reads, one that compiles; `asked`: it is a condition, which should be true. */
export function fieldUses(source: string, asked: boolean): readonly FieldUse[] {
  const uses: FieldUse[] = [];
  const { expr } = parse(source);
  if (expr !== undefined) new Reading(uses).read(expr, asked ? true : null);
  return uses;
}

/** As many values as a sentence can bear, and as much of each. */
const SEEN_MAX = 5;
const SEEN_LENGTH_MAX = 60;

/** What the expression saw: its fields and their values, as far as those can be said in a word. */
export function valuesSeen(
  source: string,
  scope: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const paths = pathsOf(source);
  const seen = [...paths].map(([name, path]): readonly [string, unknown] => [name, valueAt(scope, path)]);
  return Object.fromEntries(seen.filter(([, value]) => typeof value !== 'object').slice(0, SEEN_MAX));
}

const known = new Map<string, ReadonlyMap<string, readonly string[]>>();
const KNOWN_MAX = 1_000;
/** Read once for each expression: those of policies are few. */
function pathsOf(source: string): ReadonlyMap<string, readonly string[]> {
  const before = known.get(source);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_MAX) known.clear();
  const paths = new Map(fieldUses(source, false).map(({ path }) => [path.join('.'), path]));
  known.set(source, paths);
  return paths;
}

function valueAt(scope: unknown, path: readonly string[]): unknown {
  let value = scope;
  for (const part of path)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Readonly<Record<string, unknown>>)[part]
        : undefined;
  if (value === undefined || value === null) return 'not there';
  return typeof value === 'string' ? value.slice(0, SEEN_LENGTH_MAX) : value;
}

type Aim = boolean | null;

class Reading {
  readonly #uses: FieldUse[];
  constructor(uses: FieldUse[]) {
    this.#uses = uses;
  }

  /** `aim`: what the part should come to. */
  read(expr: Expression | undefined, aim: Aim, as: FieldUse['as'] = null): void {
    if (expr === undefined) return;
    const { case: kind, value } = expr.exprKind;
    const path = pathOf(expr);
    if (path !== null) {
      const has = kind === 'selectExpr' && value.testOnly;
      const truth = aim === null || has ? {} : { wanted: aim, as: 'truth' as const };
      this.#uses.push({ path, as, ...truth, ...(has && aim === false ? { absent: true } : {}) });
    } else if (kind === 'callExpr') this.#call(value, aim, as);
    else if (kind === 'selectExpr') this.read(value.operand, null);
    else if (kind === 'listExpr') for (const one of value.elements) this.read(one, null, as);
    else if (kind === 'structExpr') for (const { value: own } of value.entries) this.read(own, null);
    else if (kind === 'comprehensionExpr') this.read(value.iterRange, null, 'list');
  }

  #call(call: Call, aim: Aim, as: FieldUse['as']): void {
    const { function: name, args, target } = call;
    const [first, second, third] = args;
    switch (name) {
      case '_&&_':
        for (const one of args) this.read(one, aim === true ? true : null);
        break;
      case '_||_':
        this.read(first, aim);
        this.read(second, aim === false ? false : null);
        break;
      case '!_':
        this.read(first, aim === null ? null : !aim);
        break;
      case '_?_:_':
        this.read(first, true);
        this.read(second, aim, as);
        this.read(third, aim, as);
        break;
      case '_==_':
      case '_!=_':
        this.#compare(call, aim === null ? null : aim === (name === '_==_'), 0);
        break;
      case '_>_':
      case '_>=_':
        this.#compare(call, aim, name === '_>_' ? 1 : 0);
        break;
      case '_<_':
      case '_<=_':
        this.#compare(call, aim, name === '_<_' ? -1 : 0);
        break;
      case '@in':
        this.#among(call, aim);
        break;
      case '_+_': {
        const ofText = args.some((one) => isTextual(one));
        for (const one of args) this.read(one, null, ofText ? 'text' : as);
        break;
      }
      default:
        this.read(target, null, target === undefined ? null : hasMethod(name));
        for (const one of args) this.read(one, null, target === undefined ? (MADE_OF[name] ?? null) : null);
    }
  }

  /** A field beside a literal: equal to it, or beyond it by a step; -1 and 1 say to which side. */
  #compare({ args, function: name }: Call, aim: Aim, step: number): void {
    const [first, second] = args;
    const turned = literalOf(first) !== undefined;
    const [field, literal] = turned ? [second, literalOf(first)] : [first, literalOf(second)];
    const path = pathOf(field);
    if (path === null || literal === undefined) {
      for (const one of args) this.read(one, null);
      return;
    }
    const as = typeof literal === 'number' ? 'number' : typeof literal === 'string' ? 'text' : null;
    const side = turned ? -step : step;
    const bound = (/>/.test(name) ? 1 : /</.test(name) ? -1 : 0) * (turned ? -1 : 1);
    const other =
      typeof literal === 'number' ? literal - (side === 0 ? 1 : 0) : typeof literal === 'boolean' ? !literal : 'other';
    const near = typeof literal === 'number' ? literal + side : literal;
    this.#uses.push({
      path,
      as,
      ...(aim === null ? {} : { wanted: aim ? near : other }),
      ...(aim === true ? { bound } : {}),
    });
  }

  #among({ args: [item, list] }: Call, aim: Aim): void {
    const path = pathOf(item);
    const first = list?.exprKind.case === 'listExpr' ? literalOf(list.exprKind.value.elements[0]) : undefined;
    if (path !== null && first !== undefined)
      this.#uses.push({ path, as: null, ...(aim === true ? { wanted: first } : {}) });
    else this.read(item, null);
    const within = pathOf(list);
    const literal = literalOf(item);
    if (within !== null)
      this.#uses.push({
        path: within,
        as: 'list',
        ...(aim === true && literal !== undefined ? { wanted: [literal] } : {}),
      });
  }
}

const MADE_OF: Readonly<Record<string, FieldUse['as']>> = {
  timestamp: 'moment',
  duration: 'duration',
  int: 'number',
  uint: 'number',
  double: 'number',
  size: 'list',
};
const TEXT_METHODS = /^(?:startsWith|endsWith|contains|matches|lowerAscii|upperAscii|split|trim|replace|substring)$/;
/** What has such a method: a text, or a moment where it gets a part of it. */
const hasMethod = (name: string): FieldUse['as'] =>
  /^get[A-Z]/.test(name) ? 'moment' : TEXT_METHODS.test(name) ? 'text' : name === 'size' ? 'list' : null;

const isTextual = (expr: Expression): boolean =>
  textOf(expr) !== null ||
  (expr.exprKind.case === 'callExpr' &&
    (expr.exprKind.value.function === 'string' ||
      (expr.exprKind.value.function === '_+_' && expr.exprKind.value.args.some(isTextual))));

/** `event.data.id` and `event.data["id"]` as their parts; null for what is no path. */
function pathOf(expr: Expression | undefined): readonly string[] | null {
  if (expr === undefined) return null;
  const { case: kind, value } = expr.exprKind;
  if (kind === 'identExpr') return [value.name];
  if (kind === 'selectExpr') {
    const before = pathOf(value.operand);
    return before === null ? null : [...before, value.field];
  }
  if (kind !== 'callExpr' || value.function !== '_[_]') return null;
  const before = pathOf(value.args[0]);
  const key = textOf(value.args[1]);
  return before === null || key === null ? null : [...before, key];
}

function literalOf(expr: Expression | undefined): string | number | boolean | undefined {
  if (expr?.exprKind.case !== 'constExpr') return undefined;
  const { constantKind } = expr.exprKind.value;
  switch (constantKind.case) {
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
      return constantKind.value;
    case 'int64Value':
    case 'uint64Value':
      return Number(constantKind.value);
    default:
      return undefined;
  }
}
