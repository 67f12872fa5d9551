// One follow-up counted from its rows alone: what each of its generations comes to, so that whoever counts it again, whenever, gets the
// same. Pure. What is counted of one message is metrics.ts; how counts are added up, figure-cells.ts; why so, docs/decisions/0016.
import { isAside } from './aside.ts';
import { localDay } from './calendar.ts';
import { type Commitments, commitmentsOf, isAny } from './commitment-figures.ts';
import { dateOf } from './day.ts';
import { countedSeconds } from './duration-scale.ts';
import { isHuman, surestOf } from './engagement.ts';
import type { FollowUpStatus } from './follow-up.ts';
import type { Evidence, TimelineKind } from './input.ts';
import { DAY_MS, type Instant, MINUTE_MS } from './instant.ts';
import { HOUR_KINDS, type HourKind } from './interruption.ts';
import { type MessagePlace, messageId } from './message.ts';
import { type CountedMessage, countMessage, type MessageCounts, NO_MESSAGES, stageResolvedAfter } from './metrics.ts';
import type { Reason } from './reason.ts';

/** Nobody answers later than that: whoever has not is left out from then on, so that what waits does not add up for ever. */
export const RESPONSE_MAX_MS = 90 * DAY_MS;

/** A line of the timeline, as far as it is counted; of alarms those that nobody was reached. */
export interface CountedLine {
  readonly at: Instant;
  readonly kind: TimelineKind;
  readonly stage: string | null;
  readonly actor: string | null;
  readonly evidence: Evidence | null;
  /** Of an escalation. */
  readonly level: number | null;
  /** Of a commitment: the date that was named. */
  readonly promised: Instant | null;
  /** Of what goes on after a pause: why. */
  readonly resumedBy: Reason | null;
}

/** How a message was sent: by which provider, in whose words and in which language. Empty, and 0: none, or nobody knows. */
export type SentBy = readonly [provider: string, template: string, templateVersion: number, locale: string];

export interface CountedRow extends MessagePlace, CountedMessage {
  readonly id: string;
  readonly sentBy: SentBy;
  readonly plannedAt: Instant;
  readonly sentAt: Instant | null;
}

/** Whether a message of a generation asks its reader for something, rather than telling them. */
export type AsksOf = (generation: number, message: CountedRow) => boolean;

/** Something waited for: since when, and how long until it came (`ended`) or could come no more. */
export interface Wait {
  /** Minutes since 1970. */
  readonly since: number;
  /** As `countedSeconds`; null: it is still waited for. */
  readonly seconds: number | null;
  readonly ended: boolean;
}

export interface MessageFigures {
  readonly stage: string;
  readonly channel: string;
  /** The counts of `countMessage`, a bit each in their order. */
  readonly counts: number;
  /** Its reader's response; null where it asked for none. */
  readonly response: Wait | null;
  /** Another message of the same notification has its response: this one counts on its own channel alone. Absent: no. */
  readonly beside?: true;
  /** Absent where it was counted by a release that did not ask. */
  readonly sentBy?: SentBy;
  /** Of one that went in another: which one it is, to be known again when its carrier is gone. */
  readonly merged?: string;
  /** Whom it interrupted, as long as the message is kept; absent: nobody. */
  readonly to?: string;
}

export interface GenerationFigures {
  readonly generation: number;
  /** Of the policy, when it was first counted: a newer one says nothing about it. */
  readonly version: number;
  /** On which it opened, in the tenant's zone. */
  readonly day: string;
  readonly policy: string;
  /** Empty: none. */
  readonly team: string;
  readonly level: number;
  readonly status: FollowUpStatus;
  /** Every stage has run and nobody has acted; absent: no. */
  readonly exhausted?: true;
  /** A stage, or the opening, had nobody to tell; absent: no. */
  readonly unreached?: true;
  /** Absent: nobody has promised a date. */
  readonly commitments?: Commitments;
  /** The stages that ran, each once. */
  readonly ran: readonly string[];
  /** The one after which it was resolved. */
  readonly after: string | null;
  readonly resolve: Wait;
  readonly acknowledge: Wait;
  readonly messages: readonly MessageFigures[];
}

export interface CountedOne {
  readonly id: string;
  readonly generation: number;
  readonly policy: string;
  readonly version: number;
  readonly team: string | null;
  readonly waitsFor: string | null;
}

interface Counted {
  readonly lines: readonly CountedLine[];
  readonly messages: readonly CountedRow[];
  readonly zone: string;
  readonly asks: AsksOf;
}

/** By rising generation, as far back as its timeline goes: every one begins with the line that says it opened. */
export function countGenerations(
  followUp: CountedOne,
  { lines, messages, zone, asks }: Counted,
): readonly GenerationFigures[] {
  const begins = lines.flatMap(({ kind }, index) => (kind === 'opened' || kind === 'reopened' ? [index] : []));
  const own = Map.groupBy(
    messages.filter(({ stage }) => !isAside(stage)),
    (message) => generationOf(followUp, message, lines),
  );
  return begins.map((begin, index) => {
    const generation = followUp.generation - (begins.length - 1 - index);
    return countOne(followUp, generation, {
      lines: lines.slice(begin, begins[index + 1]),
      messages: own.get(generation) ?? [],
      zone,
      asks,
    });
  });
}

/** By its id, in which its reader has a part; of one whose reader has been erased, by when it was planned. */
function generationOf({ id, generation }: CountedOne, message: CountedRow, lines: readonly CountedLine[]): number {
  if (generation === 1) return 1;
  for (let own = generation; own > 0; own--) if (messageId({ id, generation: own }, message) === message.id) return own;
  const later = lines.filter(({ kind, at }) => kind === 'reopened' && at > message.plannedAt);
  return generation - later.length;
}

const ENDINGS: ReadonlySet<TimelineKind> = new Set(['resolved', 'cancelled', 'expired']);

function countOne(
  { policy, version, team, generation: newest, waitsFor }: CountedOne,
  generation: number,
  { lines, messages, zone, asks }: Counted,
): GenerationFigures {
  const openedAt = lines[0]?.at ?? (0 as Instant);
  // What ran out and was done after all is resolved.
  const ending = lines.findLast(({ kind }) => ENDINGS.has(kind)) ?? null;
  const runs = lines.flatMap(({ kind, stage, at }) => (kind === 'stage_ran' && stage !== null ? [{ stage, at }] : []));
  const responses = lines.filter(isResponse);
  const resolved = ending?.kind === 'resolved';
  const closedAt = ending?.at ?? null;
  const first = responses[0]?.at ?? null;
  const acknowledged = first !== null && (closedAt === null || first <= closedAt);
  const asking = messages.filter(isHandedOver).filter((message) => asks(generation, message));
  const waits = responseWaits(asking, responses, closedAt);
  const commitments = commitmentsOf(lines);
  return {
    generation,
    version,
    day: dateOf(localDay(openedAt, zone)),
    policy,
    team: team ?? '',
    level: lines.findLast(({ kind }) => kind === 'escalated')?.level ?? 0,
    status: ending === null ? 'open' : (ending.kind as FollowUpStatus),
    ...(ending === null && generation === newest && waitsFor === 'stages_exhausted' ? { exhausted: true } : {}),
    ...(lines.some(({ kind }) => kind === 'alarm') ? { unreached: true } : {}),
    ...(isAny(commitments) ? { commitments } : {}),
    ran: [...new Set(runs.map(({ stage }) => stage))],
    after: stageResolvedAfter(runs, resolved ? closedAt : null),
    resolve: waitOf(openedAt, closedAt, resolved),
    acknowledge: waitOf(openedAt, acknowledged ? first : closedAt, acknowledged),
    messages: messages.toSorted(byId).map((message) => figuresOf(message, waits.get(message.id))),
  };
}

function figuresOf(message: CountedRow, waited: ResponseWait | undefined): MessageFigures {
  const counts = packCounts(countMessage(message));
  return {
    stage: message.stage,
    channel: message.channel,
    counts,
    sentBy: message.sentBy,
    response: waited?.wait ?? null,
    ...(waited?.beside === true ? { beside: true } : {}),
    ...(message.status === 'merged' ? { merged: tailOf(message.id) } : {}),
    ...(interruptedAt(counts) === null ? {} : { to: message.recipient }),
  };
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
/** Enough to tell it from the others of its follow-up. */
export const tailOf = (messageId: string): string => messageId.slice(-12);

const RESPONSES: ReadonlySet<TimelineKind> = new Set([
  'acknowledged',
  'snoozed',
  'committed',
  'answered',
  'claimed',
  'delegated',
  'declined',
  'resolved',
  'replied',
]);
/** Actors that are nobody: lines name persons by their id, and all others by their kind. */
const NOBODY: ReadonlySet<string> = new Set(['api', 'event', 'system', 'recipient']);

/** What a person did, as far as can be told. */
const isResponse = ({ kind, actor, evidence }: CountedLine): boolean =>
  RESPONSES.has(kind) && actor !== null && !NOBODY.has(actor) && isHuman(evidence);

function waitOf(since: Instant, until: Instant | null, ended: boolean, maxMs = Number.POSITIVE_INFINITY): Wait {
  const minute = Math.floor(since / MINUTE_MS);
  if (until === null) return { since: minute, seconds: null, ended: false };
  const took = until - since;
  return took > maxMs
    ? { since: minute, seconds: countedSeconds(maxMs), ended: false }
    : { since: minute, seconds: countedSeconds(took), ended };
}

type HandedOver = CountedRow & { readonly sentAt: Instant };
const HANDED_OVER: ReadonlySet<string> = new Set(['accepted', 'delivered']);
/** One that went in another has the fate of that one. */
const isHandedOver = (message: CountedRow): message is HandedOver => {
  const { sentAt, status, carrier } = message;
  return sentAt !== null && HANDED_OVER.has(status === 'merged' ? (carrier?.status ?? 'accepted') : status);
};

interface ResponseWait {
  readonly wait: Wait;
  readonly beside: boolean;
}

/**
 * How long each message that asked somebody waited for them, by its id. Those who had responded before are asked no more. Of a notification
 * that went by several channels one has the wait: they end together, so that counting each would halve how likely an answer is
 * at any moment (Kaplan and Meier need censoring that knows nothing of the event). The others are beside it.
 */
function responseWaits(
  asking: readonly HandedOver[],
  responses: readonly CountedLine[],
  closedAt: Instant | null,
): ReadonlyMap<string, ResponseWait> {
  const waits = new Map<string, ResponseWait>();
  for (const [recipient, asked] of Map.groupBy(asking, (message) => message.recipient)) {
    const said = responses.find(({ actor }) => actor === recipient)?.at ?? null;
    const respondedAt = said !== null && closedAt !== null && closedAt < said ? null : said;
    const heard = asked.filter(({ sentAt }) => respondedAt === null || sentAt <= respondedAt);
    const notifications = [...Map.groupBy(heard.toSorted(bySent), notificationOf).values()];
    notifications.forEach((own, index) => {
      const next = notifications[index + 1]?.[0]?.sentAt ?? null;
      const until = next ?? respondedAt ?? closedAt;
      const answered = next === null && respondedAt !== null;
      const has = (answered ? answeredOf(own) : null) ?? own.at(-1);
      for (const one of own)
        waits.set(one.id, {
          wait: waitOf(one.sentAt, until, answered && one === has, RESPONSE_MAX_MS),
          beside: one !== has,
        });
    });
  }
  return waits;
}

const bySent = (a: HandedOver, b: HandedOver): number => a.sentAt - b.sentAt || byId(a, b);
const notificationOf = ({ stage, run, notify }: HandedOver): string => `${stage}\n${run}\n${notify}`;
/** Which of several channels was answered, where one says so. */
const answeredOf = (own: readonly HandedOver[]): HandedOver | null =>
  own.find(({ engagement }) => surestOf(engagement, 'acted') !== null) ?? null;

const COUNTED = Object.keys(NO_MESSAGES) as readonly (keyof MessageCounts)[];
/** A bit for each, in their order. */
export const packCounts = (counts: MessageCounts): number =>
  COUNTED.reduce((bits, name, index) => bits | (counts[name] << index), 0);
/** Adds what was packed of one message, or with -1 takes it away. */
export function addPackedCounts(counts: Record<keyof MessageCounts, number>, bits: number, sign: 1 | -1 = 1): void {
  for (let index = 0; index < COUNTED.length; index++) {
    const name = COUNTED[index];
    if (name !== undefined && (bits >> index) & 1) counts[name] += sign;
  }
}

const INTERRUPTED: Readonly<Record<HourKind, keyof MessageCounts>> = {
  business: 'interruptedBusiness',
  evening: 'interruptedEvening',
  night: 'interruptedNight',
  weekend: 'interruptedWeekend',
};
const HOURS = HOUR_KINDS.map((kind) => [kind, COUNTED.indexOf(INTERRUPTED[kind])] as const);
/** At which of its reader's hours what was packed interrupted them; null: it did not. */
export const interruptedAt = (bits: number): HourKind | null => HOURS.find(([, bit]) => (bits >> bit) & 1)?.[0] ?? null;

/** What became of one whose carrier is known no more is as it was counted; that it was answered, it says itself. */
export const withFateOf = (before: number, now: number): number => before | (now & (1 << COUNTED.indexOf('answered')));
