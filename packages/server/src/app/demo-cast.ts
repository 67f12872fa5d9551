// The three stories of the demo: the events they begin with, and who acts in the end. When they are played and what is
// printed of them is demo.ts; the policies and people they need are the samples.
import { DAY_MS, type FollowUp, type Instant, later, MINUTE_MS, toRfc3339 } from '@relance/core';
import type { RunningEngine } from '../engine/loop.ts';
import type { IncomingEvent } from '../engine/ports.ts';

/** Story time that people take to act once they have been told. */
export const REACTION_MS = 40 * MINUTE_MS;

let number = 0;
const event = (type: string, data: Record<string, unknown>): IncomingEvent => {
  const id = `demo-${process.pid}-${++number}`;
  return { id, source: '/demo', type, time: null, event: { specversion: '1.0', id, source: '/demo', type, data } };
};

/** Opens the three follow-ups; answers their ids. */
export async function openStories(engine: RunningEngine, now: Instant): Promise<readonly string[]> {
  const run = now.toString(36).slice(-4).toUpperCase();
  const outcomes = await engine.ingest.submit('default', [
    event('com.acme.invoice.issued', {
      number: `A-${run}`,
      total: '1,240.00 €',
      lateFee: '40 €',
      customer: 'ana',
      accountOwner: 'dmitri',
      dueDate: toRfc3339(later(now, 4 * DAY_MS)),
      url: 'https://acme.example/invoices/demo',
    }),
    event('com.acme.access.requested', {
      request: `R-${run}`,
      who: 'Jo Whitaker',
      system: 'the data warehouse',
      approver: 'nora',
      requester: 'jo',
      url: 'https://acme.example/access/demo',
    }),
    event('com.acme.incident.raised', {
      service: `checkout-${run.toLowerCase()}`,
      summary: 'payments fail in one of ten orders',
      responder: 'luis',
      runbook: 'https://acme.example/runbooks/checkout',
    }),
  ]);
  return outcomes.flatMap((outcome) => (outcome.kind === 'rejected' ? [] : outcome.followUps.map(({ id }) => id)));
}

/** When the last one was told it: who acts, does so a while later. Null until it has been escalated. */
export function toldAt(followUp: FollowUp): Instant | null {
  if (followUp.escalationLevel === 0) return null;
  return followUp.progress[followUp.stage ?? '']?.firstAt ?? null;
}

/** Once it has been escalated, somebody acts: that is what escalation is for. */
export async function act({ ingest, commands }: RunningEngine, followUp: FollowUp): Promise<void> {
  if (followUp.policy === 'invoice-payment') {
    await ingest.submit('default', [event('com.acme.invoice.paid', { number: followUp.subject.id })]);
    return;
  }
  await commands.run(
    'default',
    { kind: 'id', id: followUp.id },
    {
      command: { kind: 'resolve', outcome: followUp.policy === 'incident' ? 'fixed' : 'granted' },
      actor: { kind: 'recipient', id: followUp.escalated[0] ?? followUp.assignee ?? 'nobody' },
      evidence: 'proven',
      channel: 'email',
      comment: null,
    },
  );
}
