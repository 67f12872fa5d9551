// One judge of hand-overs: what a provider's answer means for the message, and whether it may be tried again. One whose
// plan was revoked while it was under way never is, however its hand-over went. Pure.
import {
  type Channel,
  type ConsentReason,
  type HeldBy,
  type Instant,
  type Outcome,
  onUncertain,
  type Policy,
  type Reason,
  type TimelineKind,
} from '@relance/core';
import { type OutboxRow, urgencyAt } from '../store/sql/outbox.ts';

export type HandOverOutcome =
  | Outcome
  | { readonly kind: 'render_failed'; readonly detail: string }
  | { readonly kind: 'no_connection' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'never_allowed' }
  /** Its endpoint gets nothing any more, or its recipient does not want it, or has been erased. */
  | { readonly kind: 'refused'; readonly reason: RefusedFor }
  /** Its hour is over before it passed the gate; the next one is known. */
  | { readonly kind: 'not_yet'; readonly sendAt: Instant; readonly heldBy: HeldBy; readonly together: string | null }
  /** It went in a message that carries others, which was accepted. */
  | { readonly kind: 'merged'; readonly carrier: string; readonly captured?: true }
  /** Everything that could take it is down, or at its limit: nobody has been told anything, and its turn comes. */
  | { readonly kind: 'rests'; readonly until: Instant; readonly cause: RestCause }
  /** It passed the gate, and the node did not get round to it within its lease: nobody has been told anything. */
  | { readonly kind: 'not_started'; readonly detail: string }
  /** The node that handed it over died before it heard the answer. */
  | { readonly kind: 'lost'; readonly detail: string };

/** What nobody may be told for. */
export type RefusedFor = ConsentReason | Extract<Reason, 'recipient_erased'>;
export type RestCause = Extract<Reason, 'connection_down' | 'rate_limited' | 'quota_spent'>;

/** What a hand-over ends with in the node that began it. */
export type Answer = Outcome | Extract<HandOverOutcome, { kind: 'not_started' }>;

export type Verdict =
  | {
      readonly kind: 'again';
      readonly afterMs: number;
      readonly reason: Reason;
      readonly detail: string;
      /** The next connection in its order is asked, at once. */
      readonly elsewhere: boolean;
      /** It may have been accepted under its id, which must not stand for anything else now: it joins nothing any more. */
      readonly alone?: true;
    }
  | { readonly kind: 'rests'; readonly until: Instant; readonly cause: RestCause }
  /** As before the gate. */
  | { readonly kind: 'not_started' }
  | { readonly kind: 'held'; readonly sendAt: Instant; readonly heldBy: HeldBy; readonly together: string | null }
  | {
      readonly kind: 'finish';
      readonly status: 'accepted' | 'merged' | 'failed' | 'uncertain' | 'revoked' | 'suppressed';
      readonly reason: Reason;
      readonly line: TimelineKind;
      readonly detail: string | null;
      /** Accepted by a connection that keeps messages, and carries them to nobody. */
      readonly captured?: true;
      readonly carrier?: string;
    };

export interface Circumstances {
  readonly policy: Pick<Policy, 'onUncertain'>;
  readonly honoursIds: boolean;
  readonly otherChannelLeft: boolean;
  /** Another connection of this channel may be asked at once. */
  readonly elsewhere: boolean;
  /** The message it went in with others, which they are tried again with: all at one time. */
  readonly carriedBy?: Carrier | undefined;
}
export interface Carrier {
  readonly id: string;
  readonly attempts: number;
}

/** When a message that is refused for the moment is tried again, and when it is given up. */
interface Patience {
  /** The first included. */
  readonly triesMax: number;
  /** After so many tries. */
  readonly afterMs: (tries: number) => number;
}
const BACKOFF_FIRST_MS = 5_000;
const BACKOFF_MAX_MS = 3_600_000;
/** People wait for it: minutes, and then the contact plan goes on. */
const MINUTES: Patience = {
  triesMax: 8,
  afterMs: (tries) => Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, tries - 1)),
};
/** Systems are down for a weekend. As Standard Webhooks advises: three days in all. */
const DAYS_AFTER_MS = [5_000, 300_000, 1_800_000, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * 3_600_000)];
const DAYS: Patience = {
  triesMax: DAYS_AFTER_MS.length + 1,
  afterMs: (tries) => DAYS_AFTER_MS[Math.max(0, tries - 1)] ?? DAYS_AFTER_MS.at(-1) ?? BACKOFF_MAX_MS,
};
const patienceOf = (channel: Channel): Patience => (channel === 'webhook' ? DAYS : MINUTES);
export const triesMaxOf = (channel: Channel): number => patienceOf(channel).triesMax;
/** A provider may ask for more patience than our own, but a message is not put off for ever on its word. */
const RETRY_AFTER_MAX_MS = 86_400_000;
const DETAIL_MAX = 1_000;
const PROVIDER_ID_MAX = 500;

/**
 * A provider's words as they can be stored, whatever they are: PostgreSQL takes no NUL and no half of a surrogate pair, and
 * an answer that cannot be written down would be no answer. Throws for what is no outcome at all.
 */
export function storable(answer: Answer): Answer {
  const outcome =
    'members' in answer && answer.members !== undefined
      ? { ...answer, members: answer.members.map(storableMember) }
      : answer;
  const clean = (text: string, max: number): string => text.replaceAll('\u0000', ' ').slice(0, max).toWellFormed();
  switch (outcome.kind) {
    case 'accepted':
      return {
        ...outcome,
        providerId: outcome.providerId === null ? null : clean(outcome.providerId, PROVIDER_ID_MAX),
        ...(outcome.detail === undefined ? {} : { detail: clean(outcome.detail, DETAIL_MAX) }),
      };
    case 'retry': {
      const asked = outcome.retryAfterMs;
      const retryAfterMs = asked !== null && asked > 0 ? Math.min(asked, RETRY_AFTER_MAX_MS) : null;
      return { ...outcome, detail: clean(outcome.detail, DETAIL_MAX), retryAfterMs };
    }
    case 'rejected':
    case 'uncertain':
    case 'not_started':
      return { ...outcome, detail: clean(outcome.detail, DETAIL_MAX) };
    default:
      throw new TypeError('it answered no outcome');
  }
}

const storableMember = (one: { readonly connection: string; readonly outcome: Outcome }) => ({
  ...one,
  outcome: storable(one.outcome) as Outcome,
});

/** With jitter taken from the message id so that it needs no randomness. */
export function backoffMs(id: string, attempts: number, channel: Channel): number {
  const full = patienceOf(channel).afterMs(attempts);
  return Math.round(full * (0.75 + (Number.parseInt(id.slice(-4), 16) / 0xffff) * 0.5));
}

const failed = (reason: Reason, detail: string | null): Verdict => ({
  kind: 'finish',
  status: 'failed',
  reason,
  line: 'message_failed',
  detail,
});

export function judgeOutcome(outcome: HandOverOutcome, row: OutboxRow, circumstances: Circumstances): Verdict {
  const paced = circumstances.carriedBy ?? row;
  switch (outcome.kind) {
    case 'accepted':
      return {
        kind: 'finish',
        status: 'accepted',
        reason: row.reason,
        line: 'message_sent',
        detail: null,
        ...(outcome.captured ? { captured: true } : {}),
      };
    case 'retry': {
      const { detail } = outcome;
      if (circumstances.elsewhere && outcome.about !== 'message')
        return tryAgain(row, { afterMs: 0, reason: 'connection_failed_over', detail, elsewhere: true });
      const afterMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(paced.id, paced.attempts, row.channel));
      return tryAgain(row, { afterMs, reason: 'provider_retry', detail, elsewhere: false });
    }
    case 'not_yet':
      return { ...outcome, kind: 'held' };
    case 'merged':
      return {
        kind: 'finish',
        status: 'merged',
        reason: 'merged',
        line: 'message_merged',
        detail: null,
        carrier: outcome.carrier,
        ...(outcome.captured ? { captured: true } : {}),
      };
    case 'rests':
      return outcome;
    case 'never_allowed':
      return failed('never_allowed', null);
    case 'refused':
      return {
        kind: 'finish',
        status: 'suppressed',
        reason: outcome.reason,
        line: 'message_suppressed',
        detail: null,
      };
    case 'not_started':
      return row.called_off === null ? { kind: 'not_started' } : calledOff(row.called_off, outcome.detail);
    case 'rejected':
      return failed('provider_rejected', outcome.detail);
    case 'lost':
    case 'uncertain':
      return judgeUncertain(outcome, row, circumstances);
    case 'render_failed':
      return failed('render_failed', outcome.detail);
    case 'no_connection':
      return failed('no_connection', null);
    case 'gone':
      return failed('no_endpoint', null);
  }
}

function judgeUncertain(
  outcome: { readonly kind: 'lost' | 'uncertain'; readonly detail: string },
  row: OutboxRow,
  circumstances: Circumstances,
): Verdict {
  const { honoursIds, policy, otherChannelLeft, carriedBy } = circumstances;
  const { detail } = outcome;
  const paced = carriedBy ?? row;
  // A provider that knows our ids is simply asked again; a dead node says nothing about the provider, so at once.
  const again =
    outcome.kind === 'lost' && honoursIds
      ? ({ afterMs: 0, reason: 'lease_expired', detail } as const)
      : ({ afterMs: backoffMs(paced.id, paced.attempts, row.channel), reason: 'provider_uncertain', detail } as const);
  const resend = honoursIds || onUncertain(policy, urgencyAt(row.urgency), otherChannelLeft) === 'resend';
  if (resend && row.called_off === null && row.attempts < triesMaxOf(row.channel))
    return { kind: 'again', elsewhere: false, ...again, ...(carriedBy === undefined ? { alone: true } : {}) };
  return { kind: 'finish', status: 'uncertain', reason: 'provider_uncertain', line: 'message_uncertain', detail };
}

const calledOff = (reason: Reason, detail: string): Verdict => ({
  kind: 'finish',
  status: 'revoked',
  reason,
  line: 'message_revoked',
  detail,
});

function tryAgain(row: OutboxRow, again: Omit<Extract<Verdict, { kind: 'again' }>, 'kind'>): Verdict {
  if (row.called_off !== null) return calledOff(row.called_off, again.detail);
  return row.attempts < triesMaxOf(row.channel)
    ? { kind: 'again', ...again }
    : failed('retries_exhausted', again.detail);
}
