// Server-sent events (WHATWG HTML §9.2), whatever they tell: a stream looks every second, says now and then that it is still there,
// waits for whoever reads slowly, and ends when the node stops, when nobody listens, or when who opened it may not any more.
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';

const LOOK_EVERY_MS = 1_000;
const HEARTBEAT_EVERY = 15; // looks
const STREAMS_MAX = 5_000;
let open = 0;

export interface Streaming {
  /** Where it begins; what it throws is answered as any problem is. */
  begin(): Promise<void>;
  /** Whether whoever opened it may still read. */
  goesOn(): Promise<boolean>;
  /** Writes what is new; false when there is nothing to tell any more. With `heartbeat` something is written in any case. */
  look(raw: ServerResponse, heartbeat: boolean): Promise<boolean>;
  /** Whatever `begin` has begun. */
  end?(): void;
}

export async function openStream(ports: HttpPorts, reply: FastifyReply, streaming: Streaming): Promise<FastifyReply> {
  if (open >= STREAMS_MAX) throw new Problem('rate_limited', 'Too many streams are open on this node.');
  open += 1;
  try {
    await streaming.begin();
    reply.hijack();
    await tell(ports, reply.raw, streaming);
    return reply;
  } finally {
    open -= 1;
    streaming.end?.();
  }
}

async function tell(ports: HttpPorts, raw: ServerResponse, streaming: Streaming): Promise<void> {
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close', // a stream is the last answer of its connection, or stopping would wait for the client to hang up
  });
  raw.flushHeaders(); // it is open now, though there may be nothing to tell for long
  let goOn = (): void => {};
  raw.on('close', () => goOn());
  // Whoever left while it began is not heard to close any more.
  for (let looks = 0; !raw.destroyed && !ports.stopping(); looks++) {
    try {
      if (!(await streaming.goesOn())) break;
      if (!(await streaming.look(raw, looks % HEARTBEAT_EVERY === HEARTBEAT_EVERY - 1))) break;
    } catch {
      raw.write(': the database is away\n\n'); // the next look finds what was missed
    }
    if (raw.destroyed) break;
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
}
