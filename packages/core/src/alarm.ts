// Alarms as operators get them: who `alarmTo` of relance.yaml names, and the words of one message about many alarms.
// Raising them is decide.ts; storing and telling them is the server's engine/alarm.ts.
import { type Instant, toRfc3339 } from './instant.ts';
import { parseTarget } from './policy/target.ts';
import { REASONS, type Reason } from './reason.ts';

export type AlarmTo =
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'recipient'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'onCall'; readonly schedule: string; readonly level: number };

const EMAIL = /^[^\s@<>"(),:;\\]{1,64}@[^\s@<>"(),:;\\]{1,255}$/;

export const ALARM_TO = 'an email address, recipient(id), group(id) or onCall(schedule[, level])';

/**
 * One of ALARM_TO; null for anything else. Other targets name people only in the light of one follow-up, and one message
 * speaks of many; nobody takes turns at alarms.
 */
export function parseAlarmTo(text: string): AlarmTo | null {
  if (EMAIL.test(text)) return { kind: 'email', address: text };
  const target = parseTarget(text);
  if (!target.ok) return null;
  switch (target.value.kind) {
    case 'recipient':
      return { kind: 'recipient', id: target.value.id };
    case 'group':
      return target.value.strategy === 'all' ? { kind: 'group', id: target.value.id } : null;
    case 'onCall':
      return { kind: 'onCall', schedule: target.value.schedule, level: target.value.level };
    default:
      return null;
  }
}

export interface AlarmSeen {
  readonly followUp: string;
  readonly at: Instant;
  readonly reason: Reason;
  readonly text: string;
}
export interface AlarmCount {
  readonly reason: Reason;
  readonly count: number;
}

/** Alarms are gathered for this long (story time), so that a burst is one message: at most one a minute and tenant. */
export const ALARMS_GATHERED_MS = 60_000;
/** A hundred lines tell no more than twenty and a count. */
export const ALARMS_SHOWN_MAX = 20;

/** One message about all of them: how many of each reason, then the first ones. */
export function alarmWords(
  counts: readonly AlarmCount[],
  first: readonly AlarmSeen[],
): { readonly subject: string; readonly text: string } {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const [only] = first;
  const subject = total === 1 && only !== undefined ? `Alarm: ${REASONS[only.reason]}` : `${total} alarms`;
  const shown = first.slice(0, ALARMS_SHOWN_MAX);
  const lines = [
    ...[...counts].sort((a, b) => b.count - a.count).map(({ reason, count }) => `${count} × ${REASONS[reason]}`),
    '',
    ...shown.map((one) => `${toRfc3339(one.at)}  ${one.text} (follow-up ${one.followUp})`),
    ...(total > shown.length ? [`… and ${total - shown.length} more.`] : []),
    '',
    'Look at: GET /v1/follow-ups?attention=true, or `relance explain <follow-up>`.',
  ];
  return { subject, text: lines.join('\n') };
}
