// Several messages to one person as one: those that were claimed together travel as one from their place on, pass the gate each
// by itself, and are composed of those that passed. The first of them carries the others: it is handed over, and what comes of
// it comes of all.
import { type Content, type DigestItem, renderDigest, type SentDigest, textOfItem } from '@relance/core';
import type { Envelope } from '../channels/channel.ts';
import type { OutboxRow } from '../store/sql/outbox.ts';
import type { Chosen, Ready } from './deliver-prepare.ts';

/** One for each person and word, in the order in which they were claimed; what leaves alone stays as it is. */
export function asDigests(all: readonly Ready[]): Ready[] {
  const groups = Map.groupBy(all, ({ row, item }) =>
    item === null ? row.id : [row.tenant, row.recipient, row.channel, row.together].join('\n'),
  );
  return [...groups.values()].flatMap((own) => {
    const [first, ...others] = own;
    if (first === undefined) return [];
    return others.length === 0 ? [first] : [{ ...first, others }];
  });
}

/** Of one that carries others, all. */
export const allOf = (ready: Ready): readonly Ready[] => [ready, ...ready.others];
export const rowsIn = (all: readonly Ready[]): readonly OutboxRow[] => all.flatMap(allOf).map(({ row }) => row);

/** What is left of it of those that passed: nothing, one that goes alone, or one that carries the others. */
export function composed(chosen: Chosen, passed: ReadonlySet<string>): Chosen | null {
  if (chosen.others.length === 0) return passed.has(chosen.row.id) ? chosen : null;
  const left = allOf(chosen).filter(({ row }) => passed.has(row.id));
  const [first, ...others] = left;
  if (first === undefined) return null;
  const { connection } = chosen;
  if (others.length === 0) return { ...first, others, connection };
  const items = left.flatMap(({ item }) => item ?? []);
  const content = contentOf(first, items);
  // Its picture is of the one that carries the others; its links stay as they are: followed all at once they belong to as many
  // messages, and what is judged message by message would take a scanner for a reader of each.
  const pictureUrl = first.item?.pictureUrl ?? null;
  const sent = pictureUrl === null ? content : contentOf(first, items, pictureUrl);
  const envelope = { ...first.envelope, ...sharedBy(left.map((one) => one.envelope)), content: sent };
  const kept = connection.rewrite === undefined ? content : { ...content, digest: sentDigest(left) };
  return { ...first, others, connection, envelope, content: kept };
}

/** What it is composed of, for when it is rewritten (clear-up-digest.ts): in the reader's language of the whole. */
function sentDigest(left: readonly Ready[]): SentDigest {
  const [first] = left;
  const locale = first?.envelope.locale ?? '';
  return {
    everythingUrl: first?.item?.everythingUrl ?? '',
    items: left.flatMap(({ row, item }) => {
      if (item === null) return [];
      const { id: message, follow_up_id: followUp, stage, notify, channel } = row;
      const text = channel === 'chat' ? textOfItem(item, locale) : '';
      return [{ message, followUp, stage, notify, title: item.title, text }];
    }),
  };
}

/**
 * What is said of the whole: one that is about several follow-ups belongs to the thread of none. The button of mail programs
 * (RFC 8058) stands in it where there is anything to be taken off: of several categories the one of the first item.
 */
const sharedBy = (all: readonly Envelope[]): Pick<Envelope, 'unsubscribeUrl' | 'carries'> => ({
  unsubscribeUrl: all.find(({ unsubscribeUrl }) => unsubscribeUrl !== null)?.unsubscribeUrl ?? null,
  carries: all.length - 1,
});

function contentOf(
  { row, envelope, item }: Ready,
  items: readonly DigestItem[],
  pictureUrl: string | null = null,
): Content {
  return renderDigest({
    items,
    channel: row.channel,
    locale: envelope.locale,
    recipient: item?.recipient ?? {},
    tenant: item?.tenant ?? {},
    everythingUrl: item?.everythingUrl ?? '',
    preferences: item?.preferences ?? null,
    pictureUrl,
  });
}
