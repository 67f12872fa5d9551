// A simulation on the wire: the items are those of a timeline. The command line offline, and the server over HTTP, answer the
// same.
import { toRfc3339 } from '../instant.ts';
import { DEFAULT_ZONE } from '../recipient.ts';
import type { Simulation, SimulationPlan } from '../simulation.ts';
import type { SimulationReport } from '../simulation-report.ts';
import { wireFollowUp, wireTimelineEntry } from './wire.ts';

export const wireSimulation = (
  plan: SimulationPlan,
  simulation: Simulation,
  report: SimulationReport | null = null,
) => ({
  policy: { id: plan.policy.id, version: plan.policy.version },
  event: plan.event,
  items: simulation.items.map((entry) => wireTimelineEntry(entry)),
  truncated: simulation.outcome.end === 'truncated',
  messages: simulation.messages.map(({ id, stage, run, recipient, channel, status, reason, sentAt }) => ({
    id,
    stage,
    run,
    recipient,
    channel,
    status,
    reason,
    sentAt: sentAt === null ? null : toRfc3339(sentAt),
  })),
  outcome: { ...simulation.outcome, endedAt: toRfc3339(simulation.outcome.endedAt) },
  followUp: wireFollowUp(simulation.followUp),
  alarms: simulation.alarms.map(({ reason, stage, text }) => ({ reason, stage, text })),
  invented: simulation.invented,
  notes: simulation.notes,
  people: peopleOf(plan, simulation),
  report,
});
export type WireSimulation = ReturnType<typeof wireSimulation>;

/** Whoever is told something or does something, and where they are. */
function peopleOf({ policy }: SimulationPlan, { items, followUp, directory, invented }: Simulation) {
  const ids = [followUp.assignee, ...items.flatMap(({ recipient, actor }) => [recipient, actor])];
  const elsewhere = directory.tenant.zone ?? policy.calendar?.zone ?? DEFAULT_ZONE;
  return [...new Set(ids)].flatMap((id) => {
    const person = id == null ? undefined : directory.recipients.get(id);
    if (person === undefined) return [];
    const { name, timeZone } = person;
    return [{ id: person.id, name, timeZone: timeZone ?? elsewhere, invented: invented.includes(person.id) }];
  });
}
