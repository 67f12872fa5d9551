// How urgent what a stage sends may be, before any follow-up is opened: its own urgency, and what an escalation may raise it to.
import type { Policy, Stage, Urgency } from './policy/policy.ts';

/** Of a closing notification (`stage` null) the policy's, which is never urgent itself. */
export function urgenciesOf({ urgency, stages }: Policy, stage: Stage | null): readonly Urgency[] {
  const own = stage?.urgency ?? urgency;
  if (stage === null) return [own === 'urgent' ? 'high' : own];
  const raised = [urgency, ...stages.map(({ escalate }) => escalate?.raise)].includes('urgent');
  return own === 'urgent' || !raised ? [own] : [own, 'urgent'];
}
