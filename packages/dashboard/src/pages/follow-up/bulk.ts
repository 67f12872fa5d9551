// One command for many follow-ups: a few at once, each answered for itself, so that one that refuses keeps no other from it; and what
// takes it back.
import { type CommandBody, type CommandName, type FollowUp, RelanceProblem } from '@relance/client';

/** More would only wait for each other in the server. */
const AT_ONCE = 6;

export interface Told {
  readonly followUp: FollowUp;
  /** `same`: it was so already. */
  readonly became: 'changed' | 'same' | 'refused';
  /** Why it was refused. */
  readonly detail: string | null;
}

export interface Bulk {
  readonly name: CommandName;
  readonly followUps: readonly FollowUp[];
  readonly bodyFor: (followUp: FollowUp) => CommandBody;
}

type Run = (id: string, name: CommandName, body: CommandBody) => Promise<{ readonly changed: boolean }>;

/** In the order they were given. `said` hears how many are through. Never rejects: what failed is told with its follow-up. */
export async function runBulk(run: Run, bulk: Bulk, said: (through: number) => void): Promise<readonly Told[]> {
  const told: Told[] = [];
  let next = 0;
  let through = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < bulk.followUps.length; at = next++) {
      const followUp = bulk.followUps[at] as FollowUp;
      told[at] = await run(followUp.id, bulk.name, bulk.bodyFor(followUp)).then(
        ({ changed }): Told => ({ followUp, became: changed ? 'changed' : 'same', detail: null }),
        (error: Error): Told => ({ followUp, became: 'refused', detail: detailOf(error) }),
      );
      said(++through);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, bulk.followUps.length) }, work));
  return told;
}

const detailOf = (error: Error): string =>
  error instanceof RelanceProblem ? error.detail : `The server could not be asked: ${error.message}`;

/** What takes it back for those that it changed, as they were before; null where nothing can. */
export function undoOf(name: CommandName, told: readonly Told[]): Bulk | null {
  const followUps = told.filter(({ became }) => became === 'changed').map(({ followUp }) => followUp);
  const undo = UNDONE_BY[name];
  if (undo === undefined || followUps.length === 0) return null;
  if (undo !== 'reassign') return { name: undo, followUps, bodyFor: () => ({}) };
  const had = followUps.filter(({ assignee }) => assignee !== null);
  return had.length === 0 ? null : { name: undo, followUps: had, bodyFor: ({ assignee }) => ({ to: assignee ?? '' }) };
}

const UNDONE_BY: Readonly<Partial<Record<CommandName, CommandName>>> = {
  acknowledge: 'unacknowledge',
  snooze: 'unacknowledge',
  reassign: 'reassign',
  resolve: 'reopen',
  cancel: 'reopen',
};
