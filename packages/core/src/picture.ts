// A policy as it is drawn: its stages with what each does, and when each would run and speak in an example in which nobody answers.
// The server makes it (GET /v1/policies/{id}/picture), so that a page draws it without the core beside it.
import { toRfc3339 } from './instant.ts';
import { type Duration, formatDuration } from './policy/duration.ts';
import { formatTime } from './policy/hours.ts';
import { formatOffset } from './policy/offset.ts';
import { type ContactPlan, isEventStage, type Policy, type Stage } from './policy/policy.ts';
import { formatTarget } from './policy/target.ts';
import type { SendHours, SendSpan } from './send-window.ts';
import type { Simulation } from './simulation.ts';

export interface PictureNotice {
  readonly to: readonly string[];
  /** `email`, `sms after 2 hours`, `email if all else fails`; `their own plan`. */
  readonly via: readonly string[];
  /** Null: the built-in words. */
  readonly template: string | null;
}
export interface PictureRun {
  readonly at: string;
  /** What was handed over, each channel once, with the first time. */
  readonly sent: readonly { readonly channel: string; readonly at: string }[];
  /** By what a message waited for its hour; null where none did. */
  readonly heldBy: string | null;
}
export interface PictureStage {
  readonly id: string;
  readonly role: string;
  /** As it is written: `due - 3 business days`; of an event its type. */
  readonly at: string;
  readonly byEvent: boolean;
  readonly when: string | null;
  readonly hours: readonly string[];
  readonly repeat: string | null;
  readonly goesOnAcknowledged: boolean;
  readonly urgency: string | null;
  readonly notices: readonly PictureNotice[];
  readonly escalates: { readonly to: readonly string[]; readonly mode: string; readonly raise: string | null } | null;
  /** The first in the example; empty where it does not run there. */
  readonly runs: readonly PictureRun[];
  /** How many come after those. */
  readonly runsMore: number;
}
export interface PolicyPicture {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly opens: readonly string[];
  readonly updates: readonly string[];
  readonly closes: readonly string[];
  readonly asks: string;
  readonly fallback: string | null;
  readonly urgency: string;
  readonly category: string;
  readonly stages: readonly PictureStage[];
  readonly closing: readonly { readonly when: string; readonly notices: readonly PictureNotice[] }[];
  /** Null where no example opens it. */
  readonly example: {
    readonly openedAt: string;
    readonly dueAt: string | null;
    readonly endedAt: string;
    readonly end: string;
    readonly zone: string;
  } | null;
}

/** More marks than can be told apart. */
const RUNS_MAX = 40;

export function pictureOf(policy: Policy, simulation: Simulation | null): PolicyPicture {
  const typesOf = (role: string) => [
    ...new Set(policy.clauses.filter((one) => one.role === role && one.stage === null).flatMap(({ on }) => on)),
  ];
  return {
    id: policy.id,
    title: policy.title,
    description: policy.description,
    opens: typesOf('open'),
    updates: typesOf('update'),
    closes: [...typesOf('resolve'), ...typesOf('cancel')],
    asks: asksOf(policy),
    fallback: policy.fallback === null ? null : formatTarget(policy.fallback),
    urgency: policy.urgency,
    category: policy.category,
    stages: policy.stages.map((stage) => stageOf(policy, stage, simulation)),
    closing: (['resolved', 'cancelled', 'expired'] as const).flatMap((when) => {
      const notices = policy.closing[when].map(noticeOf);
      return notices.length === 0 ? [] : [{ when, notices }];
    }),
    example: simulation === null ? null : exampleOf(policy, simulation),
  };
}

function asksOf({ assignee, assigneeTarget, assignees, require }: Policy): string {
  if (assigneeTarget !== null) return formatTarget(assigneeTarget);
  if (assignee !== null) return assignee.source;
  const each = require === null ? 'each of ' : '';
  return `${each}${assignees?.source ?? ''}`;
}

function exampleOf({ calendar }: Policy, { followUp, outcome, directory }: Simulation): PolicyPicture['example'] {
  return {
    openedAt: toRfc3339(followUp.openedAt),
    dueAt: followUp.dueAt === null ? null : toRfc3339(followUp.dueAt),
    endedAt: toRfc3339(outcome.endedAt),
    end: outcome.end,
    zone: calendar?.zone ?? directory.tenant.zone ?? 'UTC',
  };
}

function stageOf(policy: Policy, stage: Stage, simulation: Simulation | null): PictureStage {
  const byEvent = isEventStage(stage);
  return {
    id: stage.id,
    role: stage.role,
    at: byEvent ? eventOf(policy, stage) : formatOffset(stage.at),
    byEvent,
    when: stage.when?.source ?? null,
    hours: hoursOf(stage.hours),
    repeat: stage.repeat === null ? null : `${stage.repeat.times} times, every ${formatDuration(stage.repeat.every)}`,
    goesOnAcknowledged: stage.until === 'resolved',
    urgency: stage.urgency,
    notices: stage.notify.map(noticeOf),
    escalates:
      stage.escalate === null
        ? null
        : { to: stage.escalate.to.map(formatTarget), mode: stage.escalate.mode, raise: stage.escalate.raise },
    ...(simulation === null ? { runs: [], runsMore: 0 } : runsOf(stage, simulation)),
  };
}

function eventOf({ clauses }: Policy, { id, at: { anchor } }: Stage): string {
  if (anchor.kind === 'changed') return `data.${anchor.field.join('.')} changes`;
  return clauses
    .filter(({ stage }) => stage === id)
    .flatMap(({ on }) => on)
    .join(', ');
}

const spanOf = (span: SendSpan): string =>
  span === 'calendar' ? 'the hours of the calendar' : `${formatTime(span.fromMinute)}–${formatTime(span.toMinute)}`;
const hoursOf = (hours: SendHours | null): readonly string[] => [
  ...(hours?.window == null ? [] : [`only in ${spanOf(hours.window)}`]),
  ...(hours?.quietHours == null ? [] : [`not in ${spanOf(hours.quietHours)}`]),
];

const noticeOf = ({ to, via, template }: Stage['notify'][number]): PictureNotice => ({
  to: to.map(formatTarget),
  via: wordsOfPlan(via),
  template,
});

const wordsOfPlan = (plan: ContactPlan): readonly string[] =>
  plan === 'preferred'
    ? ['their own plan']
    : plan.map(({ channel, after, else: last }) => `${channel}${last ? ' if all else fails' : afterOf(after)}`);
const afterOf = (after: Duration | null): string => (after === null ? '' : ` after ${formatDuration(after)}`);

function runsOf({ id }: Stage, { items, messages }: Simulation): Pick<PictureStage, 'runs' | 'runsMore'> {
  const ran = items.filter(({ kind, stage }) => kind === 'stage_ran' && stage === id);
  const runs = ran.slice(0, RUNS_MAX).map(({ at }, index) => {
    const own = messages.filter(({ stage, run }) => stage === id && run === index + 1);
    const sent = new Map<string, number>();
    for (const { channel, sentAt } of own)
      if (sentAt !== null) sent.set(channel, Math.min(sent.get(channel) ?? sentAt, sentAt));
    const held = own.flatMap(({ recipient, channel }) =>
      items.filter(
        (one) =>
          one.kind === 'message_deferred' &&
          one.stage === id &&
          one.at === at &&
          one.recipient === recipient &&
          (one.channel === undefined || one.channel === channel),
      ),
    )[0];
    return {
      at: toRfc3339(at),
      sent: [...sent].map(([channel, ms]) => ({ channel, at: new Date(ms).toISOString() })),
      heldBy: held?.reason ?? null,
    };
  });
  return { runs, runsMore: ran.length - runs.length };
}
