// A recipient's own contact plan, from the form it is written and stored in: a channel name, or {channel, after, else}.
// What a policy writes in `via` has the same form and is read by the policy compiler, with its own problems.
import { parseDuration } from './policy/duration.ts';
import { type ContactPlan, isChannel, type PlanEntry } from './policy/policy.ts';

/** Null when there is none, or when it cannot be read (then the default plan applies: nobody is lost to a typing error). */
export function readPreferredPlan(written: unknown): ContactPlan | null {
  if (!Array.isArray(written) || written.length === 0) return null;
  const entries = written.map(readEntry);
  return entries.includes(null) ? null : (entries as readonly PlanEntry[]);
}

function readEntry(written: unknown): PlanEntry | null {
  if (typeof written === 'string') return isChannel(written) ? { channel: written, after: null, else: false } : null;
  if (written === null || typeof written !== 'object') return null;
  const { channel, after, else: otherwise } = written as { channel?: unknown; after?: unknown; else?: unknown };
  if (!isChannel(channel)) return null;
  if (after === undefined || after === null) return { channel, after: null, else: otherwise === true };
  const parsed = typeof after === 'string' ? parseDuration(after) : null;
  return parsed?.ok === true ? { channel, after: parsed.value, else: otherwise === true } : null;
}
