// Who a stage speaks to, as text: `assignee`, `manager(2)`, `group(billing, round-robin)`, `recipient(ana)` and their
// like (POLICY.md, *Targets*). ../target.ts says who that is at a given moment.
import { MANAGER_LEVELS_MAX } from '../recipient.ts';
import { ON_CALL_LEVELS_MAX } from '../schedule-schema.ts';
import type { GroupStrategy, Stage, Target } from './policy.ts';
import { expected, ID, type Parsed, parseAll, parsed, type Scanner } from './scanner.ts';

const PLAIN = ['assignee', 'requester', 'team', 'watchers', 'notified', 'escalated'] as const;
const STRATEGIES: readonly GroupStrategy[] = ['all', 'round-robin', 'least-busy', 'first-available'];
const TARGETS =
  'assignee, requester, team, watchers, notified, escalated, manager(n), group(id), onCall(schedule), recipient(id) or resolver(name)';

export const parseTarget = (text: string): Parsed<Target> => parseAll(text, readTarget);

interface Argument {
  readonly at: number;
  readonly text: string;
}

function readTarget(scanner: Scanner): Parsed<Target> {
  const start = scanner.at;
  const name = scanner.take(/[A-Za-z]+/);
  if (name === null) return expected(start, `a target is expected: ${TARGETS}`);
  const plain = PLAIN.find((one) => one === name);
  if (plain !== undefined) {
    if (scanner.text[scanner.at] === '(') return expected(scanner.at, `"${name}" takes nothing in parentheses`);
    return parsed({ kind: plain });
  }
  const known = ['manager', 'group', 'onCall', 'recipient', 'resolver'].includes(name);
  if (!known) return expected(start, `a target is expected: ${TARGETS}; not "${name}"`);
  const given = readArguments(scanner, name);
  return given.ok ? build(name, given.value, scanner.at) : given;
}

function readArguments(scanner: Scanner, name: string): Parsed<readonly Argument[]> {
  scanner.skipSpace();
  if (!scanner.takeText('('))
    return expected(scanner.at, `parentheses are expected, as in "${EXAMPLES[name] ?? name}"`);
  const given: Argument[] = [];
  do {
    scanner.skipSpace();
    const at = scanner.at;
    const text = scanner.take(/[^\s,()]+/);
    if (text === null) return expected(at, `a value is expected, as in "${EXAMPLES[name] ?? name}"`);
    given.push({ at, text });
    scanner.skipSpace();
  } while (scanner.takeText(','));
  if (scanner.takeText(')')) return parsed(given);
  // YAML ends an unquoted text of a list or of braces at its comma.
  const cut = scanner.at === scanner.text.length && ARGUMENTS_MAX[name] === 2;
  return expected(
    scanner.at,
    cut ? `")" is expected; in YAML's [ ] and { } write "${name}(…, …)" in quotes` : '")" is expected',
  );
}

const EXAMPLES: Readonly<Record<string, string>> = {
  manager: 'manager(1)',
  group: 'group(billing)',
  onCall: 'onCall(primary)',
  recipient: 'recipient(ana)',
  resolver: 'resolver(crm)',
};
const ARGUMENTS_MAX: Readonly<Record<string, number>> = { manager: 1, group: 2, onCall: 2, recipient: 1, resolver: 1 };

function build(name: string, given: readonly Argument[], end: number): Parsed<Target> {
  const extra = given[ARGUMENTS_MAX[name] ?? 1];
  if (extra !== undefined) return expected(extra.at, `")" is expected: ${name} takes no more`);
  const [first, second] = given;
  if (first === undefined) return expected(end, 'a value is expected');
  if (name === 'manager') {
    const level = readLevel(first, MANAGER_LEVELS_MAX);
    return level.ok ? parsed({ kind: 'manager', level: level.value }) : level;
  }
  if (!ID.test(first.text))
    return expected(first.at, `an id is expected: letters, digits and _ . : @ + / -, at most 128; not "${first.text}"`);
  switch (name) {
    case 'recipient':
      return parsed({ kind: 'recipient', id: first.text });
    case 'resolver':
      return parsed({ kind: 'resolver', name: first.text });
    case 'onCall': {
      const level = second === undefined ? parsed(1) : readLevel(second, ON_CALL_LEVELS_MAX);
      return level.ok ? parsed({ kind: 'onCall', schedule: first.text, level: level.value }) : level;
    }
    default: {
      const strategy = second === undefined ? 'all' : STRATEGIES.find((one) => one === second.text);
      if (strategy === undefined) return expected(second?.at ?? end, `one of ${STRATEGIES.join(', ')} is expected`);
      return parsed({ kind: 'group', id: first.text, strategy });
    }
  }
}

function readLevel({ at, text }: Argument, max: number): Parsed<number> {
  const level = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return level >= 1 && level <= max
    ? parsed(level)
    : expected(at, `a whole number from 1 to ${max} is expected, not "${text}"`);
}

/** The target as written; parsing it gives the same target. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'manager':
      return `manager(${target.level})`;
    case 'group':
      return target.strategy === 'all' ? `group(${target.id})` : `group(${target.id}, ${target.strategy})`;
    case 'onCall':
      return target.level === 1 ? `onCall(${target.schedule})` : `onCall(${target.schedule}, ${target.level})`;
    case 'recipient':
      return `recipient(${target.id})`;
    case 'resolver':
      return `resolver(${target.name})`;
    default:
      return target.kind;
  }
}

export const resolversIn = (targets: readonly Target[]): readonly string[] =>
  targets.flatMap((target) => (target.kind === 'resolver' ? [target.name] : []));

/** Everybody whom a stage tells or escalates to. */
export const targetsOf = ({ notify, escalate }: Stage): readonly Target[] => [
  ...notify.flatMap(({ to }) => to),
  ...(escalate?.to ?? []),
];
