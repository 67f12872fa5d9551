// The links of messages that are about to leave, stored in one set for all that was claimed: at the gate, which only as many pass as
// there are places, the sets would be small. A link of what leaves no more is known to nobody, and ends as the others do.
import { ENGINE } from '../store/database.ts';
import type { Ready } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';
import type { Words } from './ports.ts';

export async function storeLinks({ database }: Engine, words: Words, ready: readonly Ready[]): Promise<void> {
  const actions = ready.flatMap((one) => one.actionRows);
  const pages = ready.flatMap((one) => one.pageTokens);
  const tracks = ready.flatMap((one) => one.trackRows);
  if (actions.length + pages.length + tracks.length === 0) return;
  await database.transaction(ENGINE, (tx) =>
    Promise.all([words.storeActions(tx, actions), words.storePages(tx, pages), words.storeTracks(tx, tracks)]),
  );
}
