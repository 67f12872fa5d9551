// What is waited for in a generation, in the words of docs/guide/metrics.md: until it is resolved, until a person responds at all, and,
// of each message that asked somebody, until they respond. Shares nothing with what counts figures.
import { compilePolicy } from '@relance/core';
import { asCounted, type Waited } from './recount-curve.test-kit.ts';
import type { Generation, Sent } from './recount-generation.test-kit.ts';
import type { LineRow, Seen } from './recount-rows.test-kit.ts';

/** `until` null: it may still come. */
export interface Wait {
  readonly since: number;
  readonly until: number | null;
  readonly came: boolean;
  readonly maxSeconds?: number;
}
export interface Waits {
  readonly responseTime: readonly Wait[];
  readonly timeToResolve: readonly Wait[];
  readonly timeToAcknowledge: readonly Wait[];
}
interface ResponseWait extends Wait {
  readonly message: string;
  /** Of several channels, not the one that counts where channels are not told apart. */
  readonly beside: boolean;
}

const [MINUTE, DAY] = [60, 86_400];
const RESPONSE_MAX = 90 * DAY;

/** What still waits has waited since the minute in which it began. */
export function waitedOf({ since, until, came, maxSeconds = Number.POSITIVE_INFINITY }: Wait, now: number): Waited {
  const began = Math.floor(since / 1_000 / MINUTE) * MINUTE;
  const seconds = until === null ? Math.floor(now / 1_000) - began : (until - since) / 1_000;
  return seconds > maxSeconds
    ? { seconds: asCounted(maxSeconds), came: false }
    : { seconds: asCounted(seconds), came: came && until !== null };
}

const known = new WeakMap<Generation, ReturnType<typeof made>>();
export function waitsOf(seen: Seen, generation: Generation): ReturnType<typeof made> {
  const waits = known.get(generation) ?? made(seen, generation);
  known.set(generation, waits);
  return waits;
}

function made(seen: Seen, generation: Generation) {
  const { openedAt, closedAt, status } = generation;
  const responses = generation.lines.filter(isResponse);
  const acknowledgedAt = responses.map(({ at }) => at).find((at) => closedAt === null || at <= closedAt) ?? null;
  return {
    resolve: { since: openedAt, until: closedAt, came: status === 'resolved' },
    acknowledge: { since: openedAt, until: acknowledgedAt ?? closedAt, came: acknowledgedAt !== null },
    responses: [...Map.groupBy(asking(seen, generation), ({ row }) => row.recipient)].flatMap(([who, asked]) =>
      waitsOfOne(asked, responses.find(({ actor }) => actor === who)?.at ?? null, closedAt),
    ),
  };
}

const RESPONSES = 'acknowledged snoozed committed answered claimed delegated declined resolved replied'.split(' ');
/** Lines name persons by their id, and whoever else by one of these. */
const NOBODY = ['api', 'event', 'system', 'recipient'];
const isResponse = ({ kind, actor, evidence }: LineRow): boolean =>
  RESPONSES.includes(kind) &&
  actor !== null &&
  !NOBODY.includes(actor) &&
  ['likely', 'proven'].includes(evidence ?? '');

/** Handed over and not returned, and not only to tell. */
function asking(seen: Seen, { policy, version, messages }: Generation): readonly Sent[] {
  const compiled = compilePolicy(seen.policies.get(`${policy}/${version}`), version);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return messages.filter(({ row, fate }) => {
    if (row.sentAt === null || !['accepted', 'delivered'].includes(fate)) return false;
    const stage = compiled.policy.stages.find(({ id }) => id === row.stage);
    const to = stage?.notify[row.notify]?.to ?? [];
    return (
      stage !== undefined &&
      ['notice', 'reminder', 'final', 'escalation'].includes(stage.role) &&
      to.some(({ kind }) => kind !== 'requester' && kind !== 'watchers')
    );
  });
}

/** Of one person: whoever has responded, or whose follow-up has ended, is asked no more. */
function waitsOfOne(asked: readonly Sent[], saidAt: number | null, closedAt: number | null): readonly ResponseWait[] {
  const respondedAt = saidAt !== null && closedAt !== null && saidAt > closedAt ? null : saidAt;
  const heard = asked
    .filter((one) => respondedAt === null || at(one) <= respondedAt)
    .sort((a, b) => at(a) - at(b) || (a.row.id < b.row.id ? -1 : 1));
  const notifications = [
    ...Map.groupBy(heard, ({ row: { stage, run, notify } }) => JSON.stringify([stage, run, notify])).values(),
  ];
  return notifications.flatMap((own, index): readonly ResponseWait[] => {
    const follower = notifications[index + 1]?.[0];
    const followedAt = follower === undefined ? null : at(follower);
    const hasResponse = followedAt === null && respondedAt !== null;
    const answered = hasResponse ? own.find(({ acts }) => acts.length > 0) : undefined;
    const counts = answered ?? own.at(-1);
    return own.map((one) => ({
      message: one.row.id,
      since: at(one),
      until: followedAt ?? respondedAt ?? closedAt,
      came: hasResponse && one === counts,
      beside: one !== counts,
      maxSeconds: RESPONSE_MAX,
    }));
  });
}
const at = ({ row }: Sent): number => row.sentAt ?? 0;
