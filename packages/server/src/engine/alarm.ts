// Tells operators of alarms: those of a minute become one message to the tenant's `alarmTo`, which takes the road of every
// other message (outbox, gate, attempts, timeline) and belongs to the follow-up of the first alarm.
//
//   step.ts and sweep.ts write alarm rows → tellAlarms() marks them told and queues the message, in one transaction
//
// Nothing loops: what becomes of such a message is a line in a timeline and never an alarm (outcome.ts).
import {
  ALARM_STAGE,
  ALARMS_GATHERED_MS,
  type AlarmTo,
  alarmWords,
  type Instant,
  later,
  onCallAt,
  parseAlarmTo,
  type Recipient,
  slotOfId,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { insertAlarms, type ToldAlarms, takeAlarms } from '../store/sql/alarm.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import { groupMembers } from '../store/sql/group.ts';
import { compiledSchedules } from '../store/sql/schedule.ts';
import type { Orphan } from '../store/sql/watch.ts';
import { queueAside, recipientAt } from './aside.ts';
import type { Log } from './engine.ts';

/** People of a group, or on call together, who are told. */
const TOLD_MAX = 50;

/** The watchdog's numbers in place of a timeline line: each finding about a follow-up is one alarm. */
const ORPHAN: Readonly<Record<Orphan['why'], { readonly seq: number; readonly says: string }>> = {
  no_timer: { seq: -1, says: 'nothing wakes it' },
  nothing_to_hand_over: { seq: -3, says: 'it waits for a message to be handed over, and there is none' },
};

export const raiseOrphans = (tx: Tx, orphans: readonly Orphan[], now: Instant): Promise<number> =>
  insertAlarms(
    tx,
    orphans.map(({ id, tenant, why }) => ({
      followUpId: id,
      tenant,
      seq: ORPHAN[why].seq,
      at: now,
      reason: 'orphaned',
      text: `The watchdog found that it would wait for ever: ${ORPHAN[why].says}.`,
    })),
  );

/** Answers how many messages were queued. */
export async function tellAlarms(tx: Tx, now: Instant, log: Log): Promise<number> {
  const told = await takeAlarms(tx, later(now, -ALARMS_GATHERED_MS), now);
  let queued = 0;
  // One turn a tenant that has alarms, at most once a minute each.
  for (const one of told) queued += await tell(tx, one, now, log);
  return queued;
}

async function tell(tx: Tx, told: ToldAlarms, now: Instant, log: Log): Promise<number> {
  const [first] = told.first;
  if (first === undefined) return 0;
  const slot = slotOfId(first.followUp);
  const to = parseAlarmTo(told.alarmTo);
  const [followUp] = await readFollowUps(tx, slot, [first.followUp]);
  const people = to === null ? [] : await peopleOf(tx, told.tenant, to, now);
  if (followUp === undefined || people.length === 0) {
    log.error(
      { tenant: told.tenant, count: told.first.length },
      'alarms reach nobody: let alarmTo of relance.yaml name somebody who is known, and is there at every hour',
    );
    return 0;
  }
  const ids = await queueAside(tx, followUp, people, {
    stage: ALARM_STAGE,
    run: first.seq,
    reason: 'alarm_raised',
    content: alarmWords(told.counts, told.first),
    now,
  });
  return ids.length;
}

/** Those who are known of whom it names. */
export async function peopleOf(tx: Tx, tenant: string, to: AlarmTo, now: Instant): Promise<readonly Recipient[]> {
  if (to.kind === 'email') return [recipientAt(to.address)];
  const ids = await idsOf(tx, tenant, to, now);
  const known = await readRecipients(
    tx,
    ids.map((id) => ({ tenant, id })),
  );
  return known.map(({ recipient }) => recipient);
}

async function idsOf(
  tx: Tx,
  tenant: string,
  to: Exclude<AlarmTo, { kind: 'email' }>,
  now: Instant,
): Promise<readonly string[]> {
  switch (to.kind) {
    case 'recipient':
      return [to.id];
    case 'group':
      return groupMembers(tx, tenant, to.id, TOLD_MAX);
    case 'onCall': {
      const [found] = await compiledSchedules(tx, [{ tenant, id: to.schedule }]);
      return found === undefined ? [] : onCallAt(found.schedule, now, to.level).recipients.slice(0, TOLD_MAX);
    }
  }
}
