// Judges hand-overs as they start and answers as they come: after a stop's answer nothing starts but what is allowed,
// nothing is sent twice blindly, and what a provider was heard to say is what is written down. Partner: sim.ts.
import { type Channel, type FollowUp, type Instant, isLive, type Outcome } from '@relance/core';
import type { Envelope } from '../../packages/server/src/channels/channel.ts';
import type { SimPolicy } from './policies.ts';

interface Stop {
  readonly kind: 'closed' | 'paused';
  readonly until: Instant | null;
  /** What the answer named: each may still start once. */
  readonly inFlight: Set<string>;
}

/** One hand-over; `pending` until its provider has answered. */
export interface Sent {
  readonly envelope: Envelope;
  outcome: Outcome['kind'] | 'pending';
  /** It may not start before this instant of story time: a stop was answered before it began. */
  readonly heldUntil: number;
}

interface SimStage {
  readonly id: string;
  readonly until?: string;
  readonly window?: string;
  readonly quietHours?: string;
}

const CLOSINGS: readonly string[] = ['resolved', 'cancelled', 'expired'];

export class Judge {
  readonly broken: string[] = [];
  readonly #policies: readonly SimPolicy[];
  readonly #stops = new Map<string, Stop>();
  readonly #sent = new Map<string, Sent[]>();

  constructor(policies: readonly SimPolicy[]) {
    this.#policies = policies;
  }

  /** A command was answered: from here on its follow-up is stopped, paused or free. */
  answered(after: FollowUp, named: readonly string[]): void {
    const inFlight = new Set(named.filter((id) => this.#sent.get(id)?.at(-1)?.outcome !== 'pending'));
    if (!isLive(after.status)) this.#stops.set(after.id, { kind: 'closed', until: null, inFlight });
    else if (after.pause !== null) this.#stops.set(after.id, { kind: 'paused', until: after.pause.until, inFlight });
    else this.#stops.delete(after.id);
  }

  /** What events, time and answers that nobody heard have changed counts from here on. Nothing is under way. */
  seen(followUps: readonly FollowUp[]): void {
    for (const followUp of followUps) {
      const stop = this.#stops.get(followUp.id);
      if (!isLive(followUp.status)) this.#stops.set(followUp.id, { kind: 'closed', until: null, inFlight: new Set() });
      else if (stop?.kind === 'closed' || followUp.pause === null) this.#stops.delete(followUp.id);
      else if (stop !== undefined)
        this.#stops.set(followUp.id, { kind: 'paused', until: followUp.pause.until, inFlight: new Set() });
    }
  }

  /** Called at the very moment a hand-over starts, before anything else can happen. */
  starts(envelope: Envelope, honoursIds: boolean): Sent {
    const policy = this.#policies.find((one) => one.id === envelope.policy);
    const before = this.#sent.get(envelope.id) ?? [];
    if (before.some((one) => one.outcome !== 'retry') && !honoursIds && policy?.resends !== true)
      this.broken.push(`blind resend: ${whoOf(envelope)} after ${before.map((one) => one.outcome).join(', ')}`);
    const sent: Sent = { envelope, outcome: 'pending', heldUntil: this.#heldUntil(envelope, policy) };
    this.#sent.set(envelope.id, [...before, sent]);
    return sent;
  }

  mayStart({ envelope, heldUntil }: Sent, now: Instant, channel: Channel): void {
    if (now < heldUntil) this.broken.push(`started after it was stopped: ${whoOf(envelope)}`);
    if (channel !== 'inbox' && envelope.urgency !== 'urgent' && this.#isAsleep(envelope, now))
      this.broken.push(`left at an hour it must not: ${whoOf(envelope)}`);
  }

  #isAsleep({ policy, stage, recipient }: Envelope, now: Instant): boolean {
    const written = this.#policies.find((one) => one.id === policy)?.written.stages as readonly SimStage[] | undefined;
    const { window, quietHours } = written?.find((one) => one.id === stage) ?? {};
    const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: recipient.timeZone ?? 'UTC' });
    const time = clock.format(now);
    const isIn = (span: string): boolean => {
      const [from = '', to = ''] = span.split('-');
      return from < to ? from <= time && time < to : time >= from || time < to;
    };
    return (window !== undefined && !isIn(window)) || (quietHours !== undefined && isIn(quietHours));
  }

  #heldUntil(envelope: Envelope, policy: SimPolicy | undefined): number {
    const stop = this.#stops.get(envelope.followUp);
    // What passed the gate before the stop may start, once.
    if (stop === undefined || stop.inFlight.delete(envelope.id) || CLOSINGS.includes(envelope.stage)) return -Infinity;
    if (stop.kind === 'closed') return Infinity;
    const stages = (policy?.written.stages ?? []) as readonly SimStage[];
    const goesOn = stages.find((one) => one.id === envelope.stage)?.until === 'resolved';
    return goesOn || stop.until === null ? -Infinity : stop.until;
  }
}

const whoOf = ({ stage, recipient, id }: Envelope): string => `${stage} to ${recipient.id} by ${id}`;
