// Random policies over the keys that are built, always valid: what the simulation's worlds run on.
import { compilePolicy } from '@relance/core';
import type { Random } from '../random.ts';
import { CATEGORIES } from './choices.ts';

export interface SimPolicy {
  readonly id: string;
  readonly written: Record<string, unknown>;
  readonly category: string;
  /** Non-honouring providers may be asked twice only where the policy says so. */
  readonly resends: boolean;
}

const VIA = [
  ['email'],
  ['inbox'],
  ['email', 'inbox'],
  ['sms'],
  ['email', { channel: 'sms', after: '2 hours' }],
  ['email', { channel: 'sms', else: true }],
  ['push', { channel: 'email', else: true }],
  ['chat'],
];
const HOURS = [
  { quietHours: '22:00-07:00' },
  { window: '09:00-18:00' },
  { window: '08:00-20:00', quietHours: '12:00-13:00' },
];
const DELAYS = ['10 minutes', '1 hour', '5 hours', '1 day', '2 days'];

export function randomPolicy(random: Random, index: number): SimPolicy {
  const id = `policy-${index}`;
  const stages: Record<string, unknown>[] = [];
  const count = 1 + random.below(4);
  for (let place = 0; place < count; place++) stages.push(randomStage(random, stages, place));
  const onUncertain = random.pick(['next-channel', 'next-channel', 'wait', 'resend']);
  const urgency = random.pick(['low', 'normal', 'high', 'urgent']);
  const category = random.pick(CATEGORIES);
  const written = {
    policy: id,
    open: { on: `${id}.open` },
    update: { on: `${id}.update` },
    resolve: { on: `${id}.resolve` },
    cancel: { on: `${id}.cancel` },
    category,
    ...(random.chance(0.35) ? { consolidate: 'assignee' } : {}),
    key: 'event.data.id',
    subject: { type: 'matter', id: 'event.data.id', title: "'Matter ' + event.data.id" },
    assignee: 'event.data.assignee',
    requester: "'sam'",
    due: 'event.data.dueDate',
    urgency,
    fallback: random.pick(['group(office)', 'recipient(sam)', 'group(empty)']),
    onUncertain,
    late: {
      atOpening: random.pick(['first', 'newest', 'all', 'skip']),
      afterOutage: random.pick(['newest', 'all', 'skip']),
    },
    acknowledged: { resumeAfter: random.pick(['1 hour', '1 day']), max: 1 + random.below(3) },
    onRepeat: random.chance(0.3) ? 'reopen(2 days)' : 'new',
    ...(random.chance(0.2) ? { expire: { after: '10 days' } } : {}),
    ...(random.chance(0.15) ? { throttle: { atMost: 1 + random.below(2), per: random.pick(DELAYS) } } : {}),
    stages,
  };
  const compiled = compilePolicy(written, 1);
  if (!compiled.ok)
    throw new Error(
      `the generator made an invalid policy: ${JSON.stringify(compiled.problems)} ${JSON.stringify(written)}`,
    );
  return {
    id,
    written,
    category,
    resends:
      onUncertain === 'resend' ||
      urgency === 'urgent' ||
      stages.some(
        (stage) => stage.urgency === 'urgent' || (stage.escalate as { raise?: string } | undefined)?.raise === 'urgent',
      ),
  };
}

function randomStage(
  random: Random,
  before: readonly Record<string, unknown>[],
  place: number,
): Record<string, unknown> {
  const earlier = before.length === 0 ? null : random.pick(before);
  const at =
    place === 0
      ? random.pick(['opened', 'opened', `opened + ${random.pick(DELAYS)}`, `due - ${random.pick(DELAYS)}`])
      : random.pick([
          `opened + ${random.pick(DELAYS)}`,
          `due + ${random.pick(DELAYS)}`,
          `due - ${random.pick(DELAYS)}`,
          `${String(earlier?.id)} + ${random.pick(DELAYS)}`,
          `${String(earlier?.id)}.last + ${random.pick(DELAYS)}`,
        ]);
  const escalates = place > 0 && random.chance(0.35);
  const notify = {
    via: random.pick(VIA),
    ...(random.chance(0.2)
      ? {
          to: random.pick([
            ['assignee', 'requester'],
            ['group(office)'],
            ['notified'],
            ['group(empty)'],
            ['resolver(crm)'],
          ]),
        }
      : {}),
  };
  return {
    id: `stage-${place}`,
    at,
    notify: escalates ? { via: random.pick(VIA) } : notify,
    ...(random.chance(0.35) ? { repeat: { every: random.pick(DELAYS), times: 1 + random.below(4) } } : {}),
    ...(random.chance(0.15) ? { until: 'resolved' } : {}),
    ...(random.chance(0.3) ? random.pick(HOURS) : {}),
    ...(random.chance(0.2)
      ? { when: random.pick(['data.amount > 100', 'followUp.escalationLevel == 0', 'has(data.missing)']) }
      : {}),
    ...(escalates
      ? {
          escalate: {
            to: [random.pick(['manager(1)', 'group(office)', 'recipient(boss)', 'group(empty)', 'resolver(crm)'])],
            mode: random.pick(['add', 'reassign']),
            ...(random.chance(0.3) ? { raise: random.pick(['high', 'urgent']) } : {}),
          },
        }
      : {}),
  };
}
