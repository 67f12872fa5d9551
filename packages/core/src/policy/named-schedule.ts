// Which schedules a written policy names: every text in it that is an `onCall(…)` target, wherever it stands. Deleting a
// schedule asks this of the published policies; reading it from the written form needs no compiled one.
import { parseTarget } from './target.ts';

export function schedulesNamedIn(written: unknown): ReadonlySet<string> {
  const named = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      const target = value.includes('onCall') ? parseTarget(value) : null;
      if (target?.ok === true && target.value.kind === 'onCall') named.add(target.value.schedule);
    } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) look(part);
  };
  look(written);
  return named;
}
