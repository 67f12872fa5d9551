// How a follow-up stands, in a word and a colour: the colour never says more than the word.
import type { FollowUp, FollowUpStatus } from '@relance/client';
import { capital } from '../../figure-text.ts';

export const isLive = (status: FollowUpStatus): boolean => status === 'open' || status === 'acknowledged';

/** Live ones that go no further by themselves, and what that means. */
export const STUCK = {
  stages_exhausted: 'Everything tried',
  unknown_recipient: 'Nobody known to ask',
  parked: 'Parked: an error',
} as const;

/** Live ones with an alarm of the last seven days that is about them. */
export const ALARMED = { nobody_reached: 'Nobody reached', orphaned: 'Found by the watchdog' } as const;

type WordColor = 'blue' | 'teal' | 'green' | 'gray' | 'orange' | 'red';
const COLORS: Readonly<Record<FollowUpStatus, WordColor>> = {
  open: 'blue',
  acknowledged: 'teal',
  resolved: 'green',
  cancelled: 'gray',
  expired: 'orange',
};

export const stuckOf = ({ status, waitsFor }: Pick<FollowUp, 'status' | 'waitsFor'>): string | null =>
  isLive(status) && waitsFor !== null ? ((STUCK as Readonly<Record<string, string>>)[waitsFor] ?? null) : null;

/** Its grounds and letters are in dashboard.css, where both colours of the page hold the contrast. */
export function Word({ color, children }: { readonly color: WordColor; readonly children: string }) {
  return <span className={`word ${color}`}>{children}</span>;
}

export const wordOf = ({ status, outcome, snoozedUntil, claim }: FollowUp): string => {
  if (claim !== null && isLive(status)) return 'Said to be done';
  if (status === 'open' || status === 'acknowledged') return snoozedUntil === null ? capital(status) : 'Snoozed';
  return outcome === null || outcome === status ? capital(status) : `${capital(status)}: ${outcome}`;
};

export function Standing({ followUp }: { readonly followUp: FollowUp }) {
  const stuck = stuckOf(followUp);
  return (
    <>
      <Word color={COLORS[followUp.status]}>{wordOf(followUp)}</Word>
      {stuck !== null && <Word color="red">{stuck}</Word>}
      {isLive(followUp.status) && followUp.urgency === 'urgent' && <Word color="red">Urgent</Word>}
    </>
  );
}
