// The type checker of expressions: one walk over the parsed expression that gives every part a type, stops at the first
// thing that can never work, and says where it is. What may work passes: JSON is `dyn`, and `dyn` fits everywhere.
// Types are in cel-type.ts, calls in cel-call.ts, what a place in a policy wants in cel-want.ts; condition.ts asks.
import { windowOf } from './cel-activity.ts';
import { isFunction, judge, unknownFunction } from './cel-call.ts';
import {
  ACCUMULATOR,
  branchesOf,
  type Call,
  dottedName,
  type Expression,
  type ExpressionProblem,
  isWord,
  type Loop,
  type ParsedExpression,
  Places,
  type Select,
  type Struct,
  symbolOf,
  textOf,
} from './cel-expression.ts';
import { fieldOf, methodOf } from './cel-field.ts';
import { problemOfText } from './cel-literal.ts';
import { hintOf, itemsOf, type Judged } from './cel-operator.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  describe,
  INT,
  itemOf,
  listOf,
  type Method,
  mapOf,
  mayBe,
  membersOf,
  NULL,
  STRING,
  TIMESTAMP,
  TYPE,
  type Type,
  UINT,
  union,
} from './cel-type.ts';
import { didYouMean } from './nearest.ts';

type Bound = ReadonlyMap<string, Type>;

/** Names that CEL itself has: types as values. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type',
  'google.protobuf.Timestamp', 'google.protobuf.Duration',
]); // biome-ignore format: a table

const CONSTANTS: Readonly<Record<string, Type>> = {
  boolValue: BOOL,
  int64Value: INT,
  uint64Value: UINT,
  doubleValue: DOUBLE,
  stringValue: STRING,
  bytesValue: BYTES,
  nullValue: NULL,
  timestampValue: TIMESTAMP,
  durationValue: DURATION,
};

export class Checker {
  /** Names of the scope that the expression uses. */
  readonly used = new Set<string>();
  problem: ExpressionProblem | null = null;
  readonly places: Places;
  readonly #scope: Readonly<Record<string, Type>>;
  readonly #known = new Map<Expression, Type>();
  /** The macro whose expansion is walked, for sentences. */
  #macro = '';

  constructor(source: string, parsed: ParsedExpression, scope: Readonly<Record<string, Type>>) {
    this.places = new Places(source, parsed);
    this.#scope = scope;
  }

  /** The type of an expression. After a problem everything is `dyn`: only the first one is told. */
  typeOf(expr: Expression | undefined, bound: Bound = new Map()): Type {
    if (expr === undefined || this.problem !== null) return DYN;
    const known = this.#known.get(expr);
    if (known !== undefined) return known;
    const type = this.#infer(expr, bound);
    this.#known.set(expr, type);
    return type;
  }

  refuse(at: number, message: string): Type {
    this.problem ??= { at, message };
    return DYN;
  }

  #infer(expr: Expression, bound: Bound): Type {
    const { case: kind, value } = expr.exprKind;
    switch (kind) {
      case 'constExpr':
        return CONSTANTS[value.constantKind.case ?? ''] ?? DYN;
      case 'identExpr':
        return this.#name(expr, value.name, bound);
      case 'selectExpr':
        return this.#select(expr, value, bound);
      case 'callExpr':
        return this.#call(expr, value, bound);
      case 'listExpr':
        return listOf(itemOf(value.elements.map((one) => this.typeOf(one, bound))));
      case 'structExpr':
        return this.#struct(expr, value, bound);
      case 'comprehensionExpr':
        return this.#loop(expr, value, bound);
      default:
        return DYN;
    }
  }

  #name(expr: Expression, written: string, bound: Bound): Type {
    const name = written.replace(/^\./, '');
    const local = bound.get(name);
    if (local !== undefined) return local;
    const type = this.#global(name);
    if (type !== null) return type;
    const names = Object.keys(this.#scope);
    const hint = didYouMean(name, [...names, ...[...bound.keys()].filter((one) => one !== ACCUMULATOR)]);
    const may = names.length === 0 ? '' : `; here it may use ${names.join(', ')}`;
    return this.refuse(this.places.of(expr), `The expression uses an unknown name "${name}"${may}.${hint}`);
  }

  #global(name: string): Type | null {
    const type = Object.hasOwn(this.#scope, name) ? this.#scope[name] : undefined;
    if (type === undefined) return OWN_NAMES.has(name) ? TYPE : null;
    this.used.add(name);
    return type;
  }

  #select(expr: Expression, select: Select, bound: Bound): Type {
    const { operand, field, testOnly } = select;
    // `google.protobuf.Timestamp` is one name, though it parses as fields of fields.
    const dotted = dottedName(expr);
    const own = dotted === null || bound.has(dotted.split('.')[0] ?? '') ? null : this.#global(dotted);
    if (own !== null && !testOnly) return own;
    const container = this.typeOf(operand, bound);
    if (this.problem !== null) return DYN;
    const read = fieldOf(container, field);
    if (read.ok) return testOnly ? BOOL : read.type;
    return this.refuse(this.places.ofField(expr, field), read.message);
  }

  #struct(expr: Expression, struct: Struct, bound: Bound): Type {
    if (struct.messageName !== '')
      return this.refuse(
        this.places.of(expr),
        `The expression names a message type "${struct.messageName}", which it cannot make; use { } for a map.`,
      );
    const seen = new Set<string>();
    const keys: Type[] = [];
    const values: Type[] = [];
    for (const { keyKind, value } of struct.entries) {
      const key = keyKind.case === 'mapKey' ? keyKind.value : undefined;
      const type = this.typeOf(key, bound);
      keys.push(type);
      values.push(this.typeOf(value, bound));
      if (key === undefined) continue;
      if (!mayBe(type, 'string', 'int', 'uint', 'bool', 'double'))
        return this.refuse(
          this.places.startOf(key),
          `A key of a map is text, a whole number or true or false, not ${describe(type)}.`,
        );
      const text = textOf(key);
      if (text !== null && seen.has(text))
        return this.refuse(this.places.startOf(key), `The map has the key "${text}" twice; remove one of them.`);
      if (text !== null) seen.add(text);
    }
    return mapOf(itemOf(keys), itemOf(values));
  }

  #loop(expr: Expression, loop: Loop, bound: Bound): Type {
    const outer = this.#macro;
    const macro = this.places.macroOf(expr)?.function ?? outer;
    const range = this.typeOf(loop.iterRange, bound);
    const item = itemsOf(range);
    const noLoop = membersOf(range).flatMap((one) => (one.kind === 'record' ? [one.noLoop ?? []].flat() : []))[0];
    if (noLoop !== undefined && loop.iterRange !== undefined)
      return this.refuse(this.places.startOf(loop.iterRange), noLoop);
    if (item === null && loop.iterRange !== undefined)
      return this.refuse(
        this.places.startOf(loop.iterRange),
        `\`${macro}\` goes through a list or a map, not ${describe(range)}.${hintOf(range)}`,
      );
    const first = this.typeOf(loop.accuInit, bound);
    const inner = new Map(bound).set(loop.iterVar, item ?? DYN).set(loop.accuVar, first);
    this.#macro = macro;
    this.typeOf(loop.loopCondition, inner);
    const step = this.typeOf(loop.loopStep, inner);
    const result = this.typeOf(loop.result, new Map(inner).set(loop.accuVar, union([first, step])));
    this.#macro = outer;
    return result;
  }

  #call(expr: Expression, call: Call, bound: Bound): Type {
    const { function: name, target, args } = call;
    switch (name) {
      case '_&&_':
      case '_||_':
      case '@not_strictly_false':
        for (const arg of args) this.#condition(arg, this.#conditionName(name, args), bound);
        return BOOL;
      case '_?_:_': {
        const [test, yes, no] = args;
        if (test !== undefined) this.#condition(test, this.#conditionName(name, args), bound);
        return union([this.typeOf(yes, bound), this.typeOf(no, bound)]);
      }
    }
    const on = target === undefined ? null : this.typeOf(target, bound);
    if (on !== null && this.problem === null) {
      const method = methodOf(on, name);
      if (method.ok) return this.#method(expr, name, method.method, args, bound);
      if (!isFunction(name)) return this.refuse(this.places.ofWord(expr, name), unknownFunction(name, method.names));
    }
    if (isWord(name) && !isFunction(name)) return this.refuse(this.places.ofWord(expr, name), unknownFunction(name));
    const types = args.map((arg) => this.typeOf(arg, bound));
    if (this.problem !== null) return DYN;
    const type = this.#judged(expr, call, on, types, bound);
    return this.#texts(name, args) ?? type;
  }

  /** Judges the call as it is, then with each branch of a `? :` among its arguments. */
  #judged(expr: Expression, call: Call, on: Type | null, types: readonly Type[], bound: Bound): Type {
    const judged = judge(call, on, types);
    if (!judged.ok) return this.#blame(expr, call, judged);
    for (const [index, arg] of call.args.entries()) {
      const branches = branchesOf(arg);
      if (branches.length < 2) continue;
      for (const branch of branches) {
        const one = judge(call, on, types.with(index, this.typeOf(branch, bound)));
        if (!one.ok) return this.refuse(this.places.startOf(branch), one.message);
      }
    }
    return judged.result;
  }

  #blame(expr: Expression, { function: name, target, args }: Call, judged: Extract<Judged, { ok: false }>): Type {
    const { blame, message } = judged;
    const part = blame === 'target' ? target : blame === 'call' ? undefined : args[blame];
    return this.refuse(
      part === undefined ? this.places.ofWord(expr, symbolOf(name)) : this.places.startOf(part),
      message,
    );
  }

  #method(expr: Expression, name: string, method: Method, args: readonly Expression[], bound: Bound): Type {
    if (args.length !== method.parameters.length) {
      return this.refuse(this.places.ofWord(expr, name), `\`${name}\` is written as in \`${method.usage}\`.`);
    }
    for (const [index, arg] of args.entries()) {
      const parameter = method.parameters[index] ?? DYN;
      const type = this.typeOf(arg, bound);
      if (!mayBe(type, ...membersOf(parameter).map((one) => one.kind)))
        return this.refuse(
          this.places.startOf(arg),
          `\`${name}\` takes ${describe(parameter)} here, not ${describe(type)}.`,
        );
      const text = textOf(arg);
      const problem = text === null ? null : (method.readsText?.(index, text) ?? null);
      if (problem !== null) return this.refuse(this.places.startOf(arg), problem);
      if (text === null && windowOf(arg) === null)
        return this.refuse(
          this.places.startOf(arg),
          `What \`${name}\` asks for is gathered beforehand, so it is written out, as in \`${method.usage}\`.`,
        );
    }
    return method.result;
  }

  /** Texts that the function could never read. */
  #texts(name: string, args: readonly Expression[]): Type | null {
    for (const arg of args) {
      const text = textOf(arg);
      const problem = text === null ? null : problemOfText(name, text);
      if (problem !== null) return this.refuse(this.places.startOf(arg), problem);
    }
    return null;
  }

  #condition(expr: Expression, who: string, bound: Bound): void {
    for (const branch of branchesOf(expr)) {
      const type = this.typeOf(branch, bound);
      if (this.problem === null && !mayBe(type, 'bool'))
        this.refuse(this.places.startOf(branch), `${who} takes true or false, not ${describe(type)}.${hintOf(type)}`);
    }
  }

  /** Macros are expanded to `&&`, `||` and `? :` with the accumulator in them. */
  #conditionName(name: string, args: readonly Expression[]): string {
    const expanded = args.some((arg) => arg.exprKind.case === 'identExpr' && arg.exprKind.value.name === ACCUMULATOR);
    if (expanded) return `\`${this.#macro}\``;
    return name === '_?_:_' ? 'What stands before `?`' : `\`${symbolOf(name)}\``;
  }
}
