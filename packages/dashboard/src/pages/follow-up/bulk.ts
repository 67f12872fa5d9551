// One command for many follow-ups: a few at once, each answered for itself, so that one that refuses keeps no other from it. A server
// that does not answer ends it: nobody has refused, and it is said what may have been done and what was not tried. And what
// takes it back, where each can be put back as it was and nobody has done anything about it since.
import {
  type CommandAnswer,
  type CommandBody,
  type CommandName,
  type FollowUp,
  RelanceProblem,
  type Seen,
} from '@relance/client';
import { isLive } from './standing.tsx';

/** More would only wait for each other in the server. */
const AT_ONCE = 6;
/** A message that leaves changes it as well: it is looked at again. */
const TRIES_MAX = 5;

export interface Told {
  /** As it was directly before. */
  readonly before: FollowUp;
  /** `same`: it was so already. `unknown`: the answer never came, and it may have been done. */
  readonly became: 'changed' | 'same' | 'refused' | 'unknown';
  readonly after: FollowUp | null;
  /** Why it was refused. */
  readonly detail: string | null;
}

export interface Bulk {
  readonly name: CommandName;
  readonly followUps: readonly FollowUp[];
  readonly bodyFor: (before: FollowUp) => CommandBody;
  /** Of an undo: as each was left; one that is no longer so is left alone. */
  readonly left?: ReadonlyMap<string, FollowUp>;
}

export interface FollowUpCalls {
  get(id: string): Promise<FollowUp>;
  command(id: string, name: CommandName, body: CommandBody, seen?: Seen): Promise<CommandAnswer>;
}

export interface Came {
  /** In the order they were given; of fewer than there are where it was stopped, or the server was lost. */
  readonly told: readonly Told[];
  /** Why the server did not answer, in words; null: it did. */
  readonly lost: string | null;
}

/**
 * Of all that earlier runs (`before`) have not settled. `said` hears how many are through. Never rejects: what failed is told with its
 * follow-up. Stopped it tells of those that had begun; so it does where the server is lost.
 */
export async function runBulk(
  calls: FollowUpCalls,
  bulk: Bulk,
  said: (through: number) => void,
  signal: AbortSignal,
  before: readonly Told[] = [],
): Promise<Came> {
  const told = new Map(settledIn(before).map((one) => [one.before.id, one]));
  const unsure = new Set(before.filter(({ became }) => became === 'unknown').map((one) => one.before.id));
  const waiting = bulk.followUps.filter(({ id }) => !told.has(id)).values(); // each is taken by one of those that work
  let lost: string | null = null;
  const work = async (): Promise<void> => {
    for (const followUp of waiting) {
      const came = await one(calls, bulk, followUp, unsure.has(followUp.id));
      lost ??= came.lost;
      if (came.told !== null) {
        told.set(followUp.id, came.told);
        said(told.size);
      }
      if (signal.aborted || lost !== null) return;
    }
  };
  if (!signal.aborted) await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { told: bulk.followUps.flatMap(({ id }) => told.get(id) ?? []), lost };
}

interface One {
  /** Null: it was not tried. */
  readonly told: Told | null;
  readonly lost: string | null;
}

/** `unsure`: an earlier try may have done it. */
async function one(
  calls: FollowUpCalls,
  { name, bodyFor, left }: Bulk,
  chosen: FollowUp,
  unsure: boolean,
): Promise<One> {
  const was = left?.get(chosen.id);
  let before = chosen;
  const as = (became: Told['became'], detail: string | null, after: FollowUp | null = null): One => ({
    told: { before, became, after, detail },
    lost: became === 'unknown' ? detail : null,
  });
  for (let tries = 1; ; tries++) {
    let isSent = false;
    try {
      before = await calls.get(chosen.id); // what stands in the list may be old
      if (was !== undefined && !isAsLeft(was, before))
        return unsure && isBack(name, chosen, was, before)
          ? as('same', null)
          : as('refused', 'It has changed since, and stays as it is.');
      // What is taken back is what was looked at, whoever is quicker.
      const seen = was === undefined ? {} : { over: before.revision };
      const body = bodyFor(before);
      isSent = true;
      const after = await calls.command(chosen.id, name, body, seen);
      return as(after.changed || unsure ? 'changed' : 'same', null, after);
    } catch (error) {
      if (error instanceof RelanceProblem && error.code === 'changed_meanwhile' && tries < TRIES_MAX) continue;
      if (error instanceof RelanceProblem && !AWAY.has(error.status)) return as('refused', error.detail);
      const why = error instanceof RelanceProblem ? error.detail : (error as Error).message;
      return isSent ? as('unknown', why) : { told: null, lost: why };
    }
  }
}

/** No answer, one of a proxy before a server that is away, or of a server whose database is: nobody has refused anything. */
const AWAY: ReadonlySet<number> = new Set([0, 502, 503, 504]);

/** What need not be asked for again: of the others nobody knows that they were done. */
export const settledIn = (told: readonly Told[]): readonly Told[] => told.filter(({ became }) => became !== 'unknown');

/** It stands as before the command that is taken back: reopened it has begun anew. */
const isBack = (name: CommandName, wanted: FollowUp, left: FollowUp, now: FollowUp): boolean =>
  name === 'reopen'
    ? isLive(now.status) && now.generation === left.generation + 1
    : now.generation === left.generation && standingOf(now) === standingOf(wanted);

const isAsLeft = (left: FollowUp, now: FollowUp): boolean =>
  left.generation === now.generation && standingOf(left) === standingOf(now);
const standingOf = ({
  status,
  assignee,
  assignees,
  snoozedUntil,
  commitment,
  claim,
  acknowledgedAt,
}: FollowUp): string => JSON.stringify([status, assignee, assignees, snoozedUntil, commitment, claim, acknowledgedAt]);

interface Undo {
  readonly name: CommandName;
  /** Whether it puts one back as it was before. */
  readonly restores: (before: FollowUp) => boolean;
}

const isUntouched = ({ status, snoozedUntil, commitment, claim }: FollowUp): boolean =>
  status === 'open' && snoozedUntil === null && commitment === null && claim === null;

const UNDO: Readonly<Partial<Record<CommandName, Undo>>> = {
  acknowledge: { name: 'unacknowledge', restores: isUntouched },
  snooze: { name: 'unacknowledge', restores: isUntouched },
  reassign: { name: 'reassign', restores: ({ assignee, assignees }) => assignee !== null && assignees.length <= 1 },
  // It begins anew, which is said; one that had ended before would only be in the way.
  resolve: { name: 'reopen', restores: ({ status }) => isLive(status) },
  cancel: { name: 'reopen', restores: ({ status }) => isLive(status) },
};

/** What takes it back for those that it changed and that can be put back as they were; null where none can. `stay`: how many cannot. */
export function undoOf(
  name: CommandName,
  told: readonly Told[],
): { readonly bulk: Bulk; readonly stay: number } | null {
  const undo = UNDO[name];
  if (undo === undefined) return null;
  const changed = told.filter(({ became }) => became === 'changed');
  const back = changed.filter(({ before }) => undo.restores(before));
  if (back.length === 0) return null;
  const had = new Map(back.map(({ before }) => [before.id, before.assignee]));
  return {
    bulk: {
      name: undo.name,
      followUps: back.map(({ before }) => before),
      bodyFor: ({ id }) => (undo.name === 'reassign' ? { to: had.get(id) ?? '' } : {}),
      left: new Map(back.flatMap(({ after }) => (after === null ? [] : [[after.id, after]]))),
    },
    stay: changed.length - back.length,
  };
}
