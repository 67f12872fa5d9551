// Texts that stand in an expression and that a function reads: a pattern, a time, a length of time, a time zone. What
// cannot be read there today cannot be read on any day, so it is refused when the policy is published. Each is tried
// with the function itself.
import { isCelError, parse, plan } from '@bufbuild/cel';
import { startBudget } from './cel-budget.ts';
import { environment } from './cel-environment.ts';

interface Probe {
  /** Uses `text`; an error means that the function cannot read it. */
  readonly expression: string;
  readonly message: (text: string, error: string) => string;
}

const quoted = (text: string): string => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
const number = (kind: string, what: string): Probe => ({
  expression: `${kind}(text)`,
  message: (text) => `\`${kind}\` cannot read ${quoted(text)}, which is no ${what}.`,
});
const zone = (method: string): Probe => ({
  expression: `timestamp('2026-01-01T00:00:00Z').${method}(text)`,
  message: (text) => `${quoted(text)} is not a time zone; write an IANA name such as Europe/Paris, or +02:00.`,
});

const GETTERS = [
  'getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getHours', 'getMinutes',
  'getSeconds', 'getMilliseconds',
]; // biome-ignore format: a table

const PROBES: Readonly<Record<string, Probe>> = {
  matches: {
    expression: "''.matches(text)",
    message: (text, error) => `${quoted(text)} is not an RE2 pattern: ${error.replace(/^error parsing regexp: /, '')}.`,
  },
  timestamp: {
    expression: 'timestamp(text)',
    message: (text) => `\`timestamp\` cannot read ${quoted(text)}; write RFC 3339 text such as "2026-12-01T09:00:00Z".`,
  },
  duration: {
    expression: 'duration(text)',
    message: (text) =>
      `\`duration\` cannot read ${quoted(text)}; write a length of time such as "36h", "90m" or "1.5s".`,
  },
  int: number('int', 'whole number'),
  uint: number('uint', 'whole number from 0'),
  double: number('double', 'number'),
  bool: {
    expression: 'bool(text)',
    message: (text) => `\`bool\` cannot read ${quoted(text)}; write "true" or "false".`,
  },
  ...Object.fromEntries(GETTERS.map((method) => [method, zone(method)])),
};

const planned = new Map<string, ReturnType<typeof plan>>();

/** Why the function cannot read this text, as a sentence; null when it can, or when it reads no text. */
export function problemOfText(name: string, text: string): string | null {
  const probe = Object.hasOwn(PROBES, name) ? PROBES[name] : undefined;
  if (probe === undefined) return null;
  const run = planned.get(name) ?? plan(environment, parse(probe.expression));
  planned.set(name, run);
  startBudget();
  const value = run({ text });
  return isCelError(value) ? probe.message(text, value.message) : null;
}
