// One command for many follow-ups: a few at once, each answered for itself, so that one that refuses keeps no other from it; and what
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
  /** `same`: it was so already. */
  readonly became: 'changed' | 'same' | 'refused';
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

/**
 * In the order they were given, after those that are told already. `said` hears how many are through. Never rejects: what failed is
 * told with its follow-up. Stopped it tells of those that had begun, which are the first ones.
 */
export async function runBulk(
  calls: FollowUpCalls,
  bulk: Bulk,
  said: (through: number) => void,
  signal: AbortSignal,
  before: readonly Told[] = [],
): Promise<readonly Told[]> {
  const told: Told[] = [...before];
  let next = told.length;
  let through = told.length;
  const work = async (): Promise<void> => {
    for (let at = next++; at < bulk.followUps.length && !signal.aborted; at = next++) {
      told[at] = await one(calls, bulk, bulk.followUps[at] as FollowUp);
      said(++through);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, bulk.followUps.length) }, work));
  return told;
}

async function one(calls: FollowUpCalls, { name, bodyFor, left }: Bulk, chosen: FollowUp): Promise<Told> {
  const was = left?.get(chosen.id);
  let before = chosen;
  for (let tries = 1; ; tries++)
    try {
      before = await calls.get(chosen.id); // what stands in the list may be old
      if (was !== undefined && !isAsLeft(was, before))
        return { before, became: 'refused', after: null, detail: 'It has changed since, and stays as it is.' };
      // What is taken back is what was looked at, whoever is quicker.
      const seen = was === undefined ? {} : { over: before.revision };
      const after = await calls.command(chosen.id, name, bodyFor(before), seen);
      return { before, became: after.changed ? 'changed' : 'same', after, detail: null };
    } catch (error) {
      if (tries < TRIES_MAX && error instanceof RelanceProblem && error.code === 'changed_meanwhile') continue;
      return { before, became: 'refused', after: null, detail: detailOf(error as Error) };
    }
}

const detailOf = (error: Error): string =>
  error instanceof RelanceProblem ? error.detail : `The server could not be asked: ${error.message}`;

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
