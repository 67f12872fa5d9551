// Server-sent events of an inbox (WHATWG HTML §9.2): what is new, what was read or archived, here or elsewhere, and how much
// there is. Each event of an item carries its place (inbox-cursor.ts), so a client that lost its connection resumes with
// Last-Event-ID and misses nothing. The table is the truth: it is looked at every second, for all streams together (inbox-news.ts);
// what was told already is left out (inbox-told.ts). Ends with the token that opened it.
//
//   event: message    a new item        event: read, archived    its state has changed; data is the item, for all three. One whose
//                     place a newer item of the same follow-up took is archived, and `replacedBy` names that one
//   event: changed    {unread, total, urgent}, at first and when they are others
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { changesUpTo, toWireInboxItem } from '../store/sql/inbox-list.ts';
import { readInboxCursor } from './inbox-cursor.ts';
import type { InboxNews } from './inbox-news.ts';
import { beginTold, isSame, lookedAt, note, OVERLAP, placeOf, type Told, toldAfter } from './inbox-told.ts';
import type { HttpPorts } from './ports.ts';
import type { RecipientPass } from './recipient-token.ts';
import { openStream } from './stream.ts';

export async function openInboxStream(
  ports: HttpPorts,
  inboxNews: InboxNews,
  of: RecipientPass,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { lastEventId } = request.query as { lastEventId?: unknown };
  let told: Told | null = null;
  return openStream(ports, request, reply, {
    owner: { kind: 'person', tenant: of.tenant, id: of.recipient },
    begin: async () => {
      told = await begin(ports, of, request.headers['last-event-id'] ?? lastEventId);
    },
    goesOn: async () => ports.wallNow() < of.until,
    look: async (raw, heartbeat) => told !== null && look(inboxNews, of, raw, told, heartbeat),
    waits: true,
  });
}

async function begin(ports: HttpPorts, of: RecipientPass, lastEventId: unknown): Promise<Told> {
  const cursor = readInboxCursor(lastEventId);
  const upTo = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, (tx) =>
    changesUpTo(tx, of, cursor?.last ?? Number.MAX_SAFE_INTEGER, OVERLAP),
  );
  return beginTold(cursor, upTo);
}

/** Tells what has changed since the last look; false when the recipient is not there any more. */
async function look(
  inboxNews: InboxNews,
  of: RecipientPass,
  raw: ServerResponse,
  told: Told,
  heartbeat: boolean,
): Promise<boolean> {
  const count = told.counts === null || heartbeat;
  const news = await inboxNews.next({ of, after: told.after, told: toldAfter(told), count });
  if (!news.there) return false;
  for (const row of news.rows) {
    const name = note(told, row);
    raw.write(`${idOf(told)}event: ${name}\ndata: ${JSON.stringify(toWireInboxItem(row))}\n\n`);
  }
  if (news.rows.length > 0 || heartbeat) lookedAt(told, news.rows, news.isAll, news.now);
  const counts = news.counts ?? told.counts;
  if (!isSame(counts, told.counts)) raw.write(`${idOf(told)}event: changed\ndata: ${JSON.stringify(counts)}\n\n`);
  else if (heartbeat) raw.write(': still here\n\n');
  told.counts = counts;
  return true;
}

function idOf(told: Told): string {
  const place = placeOf(told);
  return place === null ? '' : `id: ${place}\n`;
}
