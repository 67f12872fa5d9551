// Policies written in tests with as little as a policy needs: compiled, refused or warned of.
import { compilePolicy } from './compile.ts';
import { parseDuration } from './duration.ts';
import type { Policy } from './policy.ts';
import type { PolicyInput } from './schema.ts';

export const LEAST: PolicyInput = {
  policy: 'p',
  key: 'event.id',
  assignee: 'event.data.who',
  stages: [{ id: 'notice', at: 'opened' }],
};

export function compiled(written: Record<string, unknown> = {}): Policy {
  const result = compilePolicy({ ...LEAST, ...written }, 3);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.policy;
}
export function refused(written: Record<string, unknown>): readonly string[] {
  const result = compilePolicy({ ...LEAST, ...written }, 1);
  return result.ok
    ? ['accepted']
    : result.problems.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.path}`);
}
export function message(written: Record<string, unknown>): string {
  const result = compilePolicy({ ...LEAST, ...written }, 1);
  return result.ok ? 'accepted' : result.problems.map((one) => one.message).join('\n');
}
export const warned = (written: Record<string, unknown>): readonly string[] => {
  const result = compilePolicy({ ...LEAST, ...written }, 1);
  return result.ok ? result.warnings.map((one) => `${one.code} ${one.path}`) : ['refused'];
};
export const duration = (text: string) => {
  const result = parseDuration(text);
  return result.ok ? result.value : null;
};
