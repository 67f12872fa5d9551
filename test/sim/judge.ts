// Judges hand-overs as they start and answers as they come: after a stop's answer nothing starts but what is allowed,
// nothing is sent twice blindly, nothing is sent that its reader does not want, and no id that a provider remembers carries
// anything else. A message that carries others is judged item by item (gate.ts). Partners: choices.ts, tenant.ts, sim.ts.
import { type FollowUp, type Instant, interrupts, isAside, isLive, type Outcome } from '@relance/core';
import type { Envelope } from '../../packages/server/src/channels/channel.ts';
import { Choices } from './choices.ts';
import type { Item } from './gate.ts';
import type { SimPolicy } from './policies.ts';
import { Tenant, wallOf } from './tenant.ts';

interface Stop {
  readonly kind: 'closed' | 'paused';
  readonly until: Instant | null;
  /** What the answer named: each may still start once. */
  readonly inFlight: Set<string>;
}

/** One hand-over; `pending` until its provider has answered. */
export interface Sent {
  readonly envelope: Envelope;
  readonly items: readonly Item[];
  outcome: Outcome['kind'] | 'pending';
  /** Why each of them may not start at an instant of story time: as everything stood when it began. */
  readonly judgements: readonly ((now: Instant) => string | null)[];
}

interface SimStage {
  readonly id: string;
  readonly until?: string;
  readonly window?: string;
  readonly quietHours?: string;
  readonly repeat?: unknown;
}

const CLOSINGS: readonly string[] = ['resolved', 'cancelled', 'expired'];

export class Judge {
  readonly broken: string[] = [];
  readonly choices = new Choices();
  readonly tenant = new Tenant();
  readonly #policies: readonly SimPolicy[];
  readonly #stops = new Map<string, Stop>();
  /** By item, in whichever message it went. */
  readonly #sent = new Map<string, Sent[]>();

  constructor(policies: readonly SimPolicy[]) {
    this.#policies = policies;
  }

  /** A command was answered: from here on its follow-up is stopped, paused or free. */
  answered(after: FollowUp, named: readonly string[]): void {
    const inFlight = this.notStarted(named);
    if (!isLive(after.status)) this.#stops.set(after.id, { kind: 'closed', until: null, inFlight });
    else if (after.pause !== null) this.#stops.set(after.id, { kind: 'paused', until: after.pause.until, inFlight });
    else this.#stops.delete(after.id);
  }

  /** Of those that have passed the gate, what is still to start. */
  notStarted(ids: readonly string[]): Set<string> {
    return new Set(ids.filter((id) => this.#sent.get(id)?.at(-1)?.outcome !== 'pending'));
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
  starts(envelope: Envelope, honoursIds: boolean, items: readonly Item[]): Sent {
    const zone = envelope.recipient.timeZone ?? 'UTC';
    const judgements = items.flatMap((item) => [
      this.#stopped(item),
      ...(this.choices.excuses(item) || isAside(item.stage)
        ? []
        : [this.#unwanted(item, zone), this.#asleep(item, zone)]),
    ]);
    const sent: Sent = { envelope, items, outcome: 'pending', judgements };
    for (const item of items) this.#again(item, sent, honoursIds);
    if (honoursIds) this.#remembered(sent);
    for (const item of items) this.#sent.set(item.id, [...(this.#sent.get(item.id) ?? []), sent]);
    this.#told(sent);
    return sent;
  }

  mayStart(sent: Sent, now: Instant): void {
    const { envelope, items, judgements } = sent;
    const why = judgements.flatMap((judge) => judge(now) ?? []);
    this.broken.push(...why.map((one) => `${one}: ${whoOf(sent)}`));
    if (items.some(({ stage }) => isAside(stage))) return;
    const [first] = items;
    const zone = envelope.recipient.timeZone ?? 'UTC';
    if (first === undefined) return;
    const { recipient, channel } = first;
    const use = { id: envelope.id, recipient, channel, at: now, zone, isFree: () => ENDED.includes(sent.outcome) };
    const byNight = items.some((item) => this.#hasHours(item));
    const over = this.tenant.counts(use, { held: items.every(({ urgent }) => !urgent), byNight });
    if (over !== null) this.broken.push(`${over}: ${whoOf(sent)}`);
  }

  /** A message is handed over again only where it has not arrived, or is known where it may have. */
  #again({ id, policy }: Item, sent: Sent, honoursIds: boolean): void {
    const before = (this.#sent.get(id) ?? []).filter((one) => one.outcome !== 'retry');
    if (before.length === 0 || this.#policies.find((one) => one.id === policy)?.resends === true) return;
    const outcomes = before.map((one) => one.outcome).join(', ');
    if (!honoursIds) this.broken.push(`blind resend: ${whoOf(sent)} after ${outcomes}`);
    else if (before.some(({ envelope }) => envelope.id !== sent.envelope.id))
      this.broken.push(`in two messages under different ids: ${id}, now ${whoOf(sent)} after ${outcomes}`);
  }

  /** What a provider may remember by its id is dropped by it: whatever else it carries would never arrive. */
  #remembered(sent: Sent): void {
    const before = (this.#sent.get(sent.envelope.id) ?? []).filter(
      ({ outcome, envelope }) => outcome !== 'retry' && envelope.id === sent.envelope.id,
    );
    for (const { items } of before) {
      const known = new Set(items.map(({ id }) => id));
      if (sent.items.some(({ id }) => !known.has(id)))
        this.broken.push(`an id that is remembered carries others: ${whoOf(sent)}`);
    }
  }

  /** It says of itself how many it carries, and a mail lists them. */
  #told(sent: Sent): void {
    const { envelope, items } = sent;
    const listed = items.length === 1 ? 1 : (envelope.content.text.match(/^\* /gm)?.length ?? 0);
    const isMail = items[0]?.channel === 'email';
    if ((envelope.carries ?? 0) !== items.length - 1 || (isMail && listed !== items.length))
      this.broken.push(
        `${items.length} passed the gate, ${listed} are listed, ${envelope.carries ?? 0} are carried: ${whoOf(sent)}`,
      );
  }

  #stageOf({ policy, stage }: Item): SimStage | undefined {
    const stages = this.#policies.find((one) => one.id === policy)?.written.stages as readonly SimStage[] | undefined;
    return stages?.find(({ id }) => id === stage);
  }

  #unwanted(item: Item, zone: string): (now: Instant) => string | null {
    const policy = this.#policies.find((one) => one.id === item.policy);
    if (policy === undefined) return () => null;
    const stages = policy.written.stages as readonly SimStage[];
    const lone = stages.length === 1 && stages[0]?.repeat === undefined;
    return this.choices.forbids(item, policy.category, zone, lone);
  }

  /** Hours of its stage, else of its reader or the tenant; where the reader's leave none of the stage open, theirs alone. */
  #asleep(item: Item, zone: string): (now: Instant) => string | null {
    if (item.urgent || !interrupts(item.channel)) return () => null;
    const { window, quietHours } = this.#stageOf(item) ?? {};
    const own = this.choices.quietHoursOf(item.recipient);
    const standIn = this.tenant.isExcused(item.id) ? null : (this.tenant.settings.quietHours ?? null);
    const isOwn = (time: string): boolean => own === null || !isIn(own, time);
    const isStage = (time: string): boolean =>
      (window === undefined || isIn(window, time)) &&
      (quietHours === undefined ? own !== null || standIn === null || !isIn(standIn, time) : !isIn(quietHours, time));
    const someHour = TIMES.some((one) => isOwn(one) && isStage(one));
    return (now) => {
      const time = wallOf(now, zone).slice(11);
      return isOwn(time) && (isStage(time) || (own !== null && !someHour)) ? null : 'left at an hour it must not';
    };
  }

  #hasHours(item: Item): boolean {
    const { window, quietHours } = this.#stageOf(item) ?? {};
    const { quietHours: standIn } = this.tenant.settings;
    const own = this.choices.quietHoursOf(item.recipient);
    return window !== undefined || quietHours !== undefined || standIn !== undefined || own !== null;
  }

  #stopped(item: Item): (now: Instant) => string | null {
    const heldUntil = this.#heldUntil(item);
    return (now) => (now < heldUntil ? 'started after it was stopped' : null);
  }

  /** It may not start before this instant of story time: a stop was answered before it began. */
  #heldUntil(item: Item): number {
    const stop = this.#stops.get(item.followUp);
    // What passed the gate before the stop may start, once.
    if (stop === undefined || stop.inFlight.delete(item.id) || CLOSINGS.includes(item.stage)) return -Infinity;
    if (stop.kind === 'closed') return Infinity;
    const goesOn = this.#stageOf(item)?.until === 'resolved';
    return goesOn || stop.until === null ? -Infinity : stop.until;
  }
}
/** Told so by its provider: it has not arrived, and nobody was interrupted. */
const ENDED: readonly string[] = ['retry', 'rejected'];
const TIMES = Array.from(
  { length: 48 },
  (_, half) => `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`,
);
const isIn = (span: string, time: string): boolean => {
  const [from = '', to = ''] = span.split('-');
  return from < to ? from <= time && time < to : time >= from || time < to;
};

const whoOf = ({ envelope: { stage, recipient, id }, items }: Sent): string =>
  `${stage} to ${recipient.id} by ${id}${items.length > 1 ? ` with ${items.length - 1} others` : ''}`;
