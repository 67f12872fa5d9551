// Server-sent events of an inbox (WHATWG HTML §9.2). Each item carries its sequence as `id:`, so a client that lost its
// connection resumes with Last-Event-ID and misses nothing. The table is the truth: it is looked at every second; items
// commit out of sequence now and then, so a short overlap is read again and what was sent already is left out. A stream
// ends with the token that opened it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { countUnread, inboxAfter, inboxUpTo, newestSeq, toWireInboxItem } from '../store/sql/inbox-list.ts';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { isStillThere, type RecipientPass } from './recipient-token.ts';

const LOOK_EVERY_MS = 1_000;
const HEARTBEAT_EVERY = 15; // looks
const ITEMS_A_LOOK = 100;
const STREAMS_MAX = 5_000;
/** Of this person's own items: a sequence is shared by all, and those of one moment commit in any order. */
const OVERLAP = 50;
let open = 0;

export async function openInboxStream(
  ports: HttpPorts,
  of: RecipientPass,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (open >= STREAMS_MAX) throw new Problem('rate_limited', 'Too many streams are open on this node.');
  const resume = Number(
    request.headers['last-event-id'] ?? (request.query as { lastEventId?: string }).lastEventId ?? Number.NaN,
  );
  const scope = { kind: 'tenant', tenant: of.tenant } as const;
  const { from, known } = await ports.database.transaction(scope, async (tx) => {
    const start = Number.isSafeInteger(resume) && resume >= 0 ? resume : await newestSeq(tx, of);
    return { from: start, known: await inboxUpTo(tx, of, start, OVERLAP) };
  });
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close', // a stream is the last answer of its connection, or stopping would wait for the client to hang up
  });
  open += 1;
  const sent = new Set(known.map(({ seq }) => seq));
  let last = from;
  let unread = -1;
  let looks = 0;
  let closed = false;
  let goOn = (): void => {};
  raw.on('close', () => {
    if (!closed) open -= 1;
    closed = true;
    goOn();
  });
  while (!closed && !ports.stopping() && ports.wallNow() < of.until) {
    try {
      const news = await ports.database.transaction(scope, async (tx) => ({
        late: await inboxUpTo(tx, of, last, OVERLAP),
        rows: await inboxAfter(tx, of, last, ITEMS_A_LOOK),
        unread: await countUnread(tx, of),
        there: await isStillThere(tx, of),
      }));
      if (!news.there) break;
      for (const row of [...news.late.reverse(), ...news.rows].filter(({ seq }) => !sent.has(seq))) {
        raw.write(`id: ${row.seq}\nevent: message\ndata: ${JSON.stringify(toWireInboxItem(row))}\n\n`);
        sent.add(row.seq);
        last = Math.max(last, row.seq);
      }
      // What is older than the overlap is never looked at again.
      const oldest = news.late.length < OVERLAP ? 0 : (news.late[0]?.seq ?? 0);
      for (const seq of sent) if (seq < oldest) sent.delete(seq);
      if (news.unread !== unread) raw.write(`event: changed\ndata: ${JSON.stringify({ unread: news.unread })}\n\n`);
      else if (looks % HEARTBEAT_EVERY === HEARTBEAT_EVERY - 1) raw.write(': still here\n\n');
      ({ unread } = news);
    } catch {
      raw.write(': the database is away\n\n'); // the next look finds what was missed
    }
    looks += 1;
    // A slow reader is waited for, so that nothing piles up here.
    if (raw.writableNeedDrain)
      await new Promise<void>((resolve) => {
        goOn = resolve;
        raw.once('drain', resolve);
      });
    await new Promise<void>((resolve) => {
      goOn = resolve;
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
  raw.end();
  return reply;
}
