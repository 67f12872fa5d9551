// Server-sent events of an inbox (WHATWG HTML §9.2): what is new, what was read or archived, here or elsewhere, and how much
// there is. Each event of an item carries its place (inbox-cursor.ts), so a client that lost its connection resumes with
// Last-Event-ID and misses nothing. The table is the truth: it is looked at every second; changes commit out of order now
// and then, so a short overlap is read again and what was told already is left out. Ends with the token that opened it.
//
//   event: message    a new item        event: read, archived    its state has changed; data is the item, for all three. One whose
//                     place a newer item of the same follow-up took is archived, and `replacedBy` names that one
//   event: changed    {unread, total, urgent}, at first and when they are others
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  changesAfter,
  changesUpTo,
  countInbox,
  type InboxCounts,
  type InboxRow,
  toWireInboxItem,
} from '../store/sql/inbox-list.ts';
import { readInboxCursor, toldBefore, writeInboxCursor } from './inbox-cursor.ts';
import type { HttpPorts } from './ports.ts';
import { isStillThere, type RecipientPass } from './recipient-token.ts';
import { openStream } from './stream.ts';

const CHANGES_A_LOOK = 100;
/** Of this person's own changes: a sequence is shared by all, and those of one moment commit in any order. */
export const OVERLAP = 50;

/** What one stream has told. */
interface Told {
  /** By change: when its number was taken. */
  readonly changes: Map<number, number>;
  last: number;
  /** The newest item that the client can know of. */
  newestItem: number;
  counts: InboxCounts | null;
}

export async function openInboxStream(
  ports: HttpPorts,
  of: RecipientPass,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { lastEventId } = request.query as { lastEventId?: unknown };
  let told: Told | null = null;
  return openStream(ports, reply, {
    begin: async () => {
      told = await begin(ports, of, request.headers['last-event-id'] ?? lastEventId);
    },
    goesOn: async () => ports.wallNow() < of.until,
    look: async (raw, heartbeat) => told !== null && look(ports, of, raw, told, heartbeat),
  });
}

/** Where the client left off; without a place it begins with what comes now. */
async function begin(ports: HttpPorts, of: RecipientPass, lastEventId: unknown): Promise<Told> {
  const cursor = readInboxCursor(lastEventId);
  const upTo = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, (tx) =>
    changesUpTo(tx, of, cursor?.last ?? Number.MAX_SAFE_INTEGER, OVERLAP),
  );
  const known = cursor === null ? upTo : toldBefore(cursor, upTo);
  const last = cursor?.last ?? upTo[0]?.changed ?? 0;
  const changes = new Map(known.map((row) => [row.changed, row.changed_at]));
  return { changes, last, newestItem: last, counts: null };
}

/** Tells what has changed since the last look; false when the recipient is not there any more. */
async function look(
  ports: HttpPorts,
  of: RecipientPass,
  raw: ServerResponse,
  told: Told,
  heartbeat: boolean,
): Promise<boolean> {
  const news = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, async (tx) => {
    const late = (await changesUpTo(tx, of, told.last, OVERLAP)).reverse();
    const rows = [...late, ...(await changesAfter(tx, of, told.last, CHANGES_A_LOOK))].filter(
      ({ changed }) => !told.changes.has(changed),
    );
    // Every count is of changes, so without one there is nothing to count; a heartbeat looks whatever happened.
    const count = rows.length > 0 || told.counts === null || heartbeat;
    return { late, rows, counts: count ? await countInbox(tx, of) : told.counts, there: await isStillThere(tx, of) };
  });
  if (!news.there) return false;
  for (const row of news.rows) tell(raw, told, row);
  // What is older than the overlap is never looked at again.
  const oldest = news.late.length < OVERLAP ? 0 : (news.late[0]?.changed ?? 0);
  for (const changed of told.changes.keys()) if (changed < oldest) told.changes.delete(changed);
  if (!isSame(news.counts, told.counts))
    raw.write(`${placeOf(told)}event: changed\ndata: ${JSON.stringify(news.counts)}\n\n`);
  else if (heartbeat) raw.write(': still here\n\n');
  told.counts = news.counts;
  return true;
}

function tell(raw: ServerResponse, told: Told, row: InboxRow): void {
  told.changes.set(row.changed, row.changed_at);
  told.last = Math.max(told.last, row.changed);
  const name =
    row.archived_at !== null ? 'archived' : row.read_at !== null && row.seq <= told.newestItem ? 'read' : 'message';
  told.newestItem = Math.max(told.newestItem, row.seq);
  const changes = [...told.changes].map(([changed, at]) => ({ changed, changed_at: at }));
  const newest = { changed: told.last, changed_at: told.changes.get(told.last) ?? row.changed_at };
  const id = writeInboxCursor(newest, changes);
  raw.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(toWireInboxItem(row))}\n\n`);
}

/** From where whoever is cut off goes on, before anything has come. */
function placeOf({ changes, last }: Told): string {
  const at = changes.get(last);
  if (at === undefined) return last === 0 ? 'id: 0\n' : ''; // with nothing in it, all that comes is news
  const all = [...changes].map(([changed, changed_at]) => ({ changed, changed_at }));
  return `id: ${writeInboxCursor({ changed: last, changed_at: at }, all)}\n`;
}

const isSame = (one: InboxCounts | null, other: InboxCounts | null): boolean =>
  one?.unread === other?.unread && one?.total === other?.total && one?.urgent === other?.urgent;
