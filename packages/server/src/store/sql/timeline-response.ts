// What people last answered to a follow-up, for the words of its next message: the newest line of its timeline that is theirs.
import type { Instant, TimelineKind } from '@relance/core';
import type { Tx } from '../database.ts';

export interface LastResponse {
  /** As a command is called, or the id of the policy's own action. */
  readonly action: string;
  readonly at: Instant;
}

const ACTIONS: Partial<Record<TimelineKind, string>> = {
  acknowledged: 'acknowledge',
  unacknowledged: 'unacknowledge',
  snoozed: 'snooze',
  committed: 'commit',
  answered: 'answer',
  claimed: 'claim',
  delegated: 'delegate',
  declined: 'decline',
  resolved: 'resolve',
  cancelled: 'cancel',
};

export const responseKey = (followUp: string, recipient: string): string => `${followUp}\n${recipient}`;

export async function lastResponses(
  tx: Tx,
  asked: readonly { readonly followUp: string; readonly recipient: string }[],
): Promise<Map<string, LastResponse>> {
  if (asked.length === 0) return new Map();
  const rows = await tx.query<{
    follow_up_id: string;
    recipient: string;
    kind: TimelineKind;
    at: Instant;
    action: string | null;
  }>(
    `SELECT x.follow_up_id, x.recipient, t.kind, t.at, t.action FROM unnest($1::uuid[], $2::text[]) AS x(follow_up_id, recipient),
       LATERAL (SELECT kind, at, data ->> 'action' AS action FROM relance.timeline t WHERE t.follow_up_id = x.follow_up_id AND t.actor = x.recipient
         AND t.kind = ANY($3) ORDER BY t.seq DESC LIMIT 1) t`,
    [asked.map((one) => one.followUp), asked.map((one) => one.recipient), Object.keys(ACTIONS)],
  );
  return new Map(
    rows.map(({ follow_up_id, recipient, kind, at, action }) => [
      responseKey(follow_up_id, recipient),
      { action: action ?? ACTIONS[kind] ?? kind, at },
    ]),
  );
}
