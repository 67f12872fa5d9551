// Server-sent events (WHATWG HTML §9.2), whatever they tell: a stream looks every second, says now and then that it is still there,
// waits for whoever reads slowly, and ends when the node stops, when nobody listens, when who opened it may not any more, or when
// they open more than they may have (open-streams.ts).
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type OpenStreams, type StreamOwner, TRY_AGAIN_S } from './open-streams.ts';
import type { HttpPorts } from './ports.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly openStreams: OpenStreams;
  }
}

const LOOK_EVERY_MS = 1_000;
/** However long looks take: what is in between gives up a connection on which nothing moves, at times after half a minute. */
const HEARTBEAT_EVERY_MS = 15_000;

export interface Streaming {
  readonly owner: StreamOwner;
  /** Where it begins; what it throws is answered as any problem is. */
  begin(): Promise<void>;
  /** Whether whoever opened it may still read. */
  goesOn(): Promise<boolean>;
  /** Writes what is new; false when there is nothing to tell any more. With `heartbeat` something is written in any case. */
  look(raw: ServerResponse, heartbeat: boolean): Promise<boolean>;
  /** Its look waits for its time itself. */
  readonly waits?: boolean;
  /** Whatever `begin` has begun. */
  end?(): void;
}

/** What one stream waits for, and whether a newer one has taken its place. */
interface Line {
  goOn: () => void;
  replaced: boolean;
}

export async function openStream(
  ports: HttpPorts,
  request: FastifyRequest,
  reply: FastifyReply,
  streaming: Streaming,
): Promise<FastifyReply> {
  const line: Line = { goOn: () => {}, replaced: false };
  const leave = placeFor(request, reply, streaming.owner, line);
  try {
    await streaming.begin();
    reply.hijack();
    await tell(ports, reply.raw, streaming, line);
    return reply;
  } finally {
    leave();
    streaming.end?.();
  }
}

function placeFor({ server }: FastifyRequest, reply: FastifyReply, owner: StreamOwner, line: Line): () => void {
  try {
    return server.openStreams.take(owner, () => {
      line.replaced = true;
      line.goOn();
    });
  } catch (error) {
    reply.header('retry-after', TRY_AGAIN_S);
    throw error;
  }
}

async function tell(ports: HttpPorts, raw: ServerResponse, streaming: Streaming, line: Line): Promise<void> {
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close', // a stream is the last answer of its connection, or stopping would wait for the client to hang up
  });
  raw.flushHeaders(); // it is open now, though there may be nothing to tell for long
  raw.on('close', () => line.goOn());
  const isOver = (): boolean => raw.destroyed || line.replaced;
  // Whoever left while it began is not heard to close any more.
  for (let beatAt = ports.monotonic(); !isOver() && !ports.stopping(); ) {
    try {
      if (!(await streaming.goesOn())) break;
      const now = ports.monotonic();
      const heartbeat = now - beatAt >= HEARTBEAT_EVERY_MS;
      if (heartbeat) beatAt = now;
      if (!(await streaming.look(raw, heartbeat))) break;
    } catch {
      raw.write(': the database is away\n\n'); // the next look finds what was missed
    }
    if (isOver()) break;
    // A slow reader is waited for, so that nothing piles up here.
    if (raw.writableNeedDrain)
      await new Promise<void>((resolve) => {
        line.goOn = resolve;
        raw.once('drain', resolve);
      });
    if (streaming.waits !== true && !isOver())
      await new Promise<void>((resolve) => {
        line.goOn = resolve;
        setTimeout(resolve, LOOK_EVERY_MS);
      });
  }
  if (line.replaced) endForNewer(raw);
  else raw.end();
}

/** Were it open again at once, it would end the next one of its owner, and so on round. */
function endForNewer(raw: ServerResponse): void {
  if (raw.writableNeedDrain)
    raw.destroy(); // nobody reads it
  else raw.end(`retry: ${TRY_AGAIN_S * 1_000}\n\n`);
}
