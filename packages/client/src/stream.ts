// A stream of the server as something to iterate over: what happens, as it happens. Opened again where it was when it ends, is cut, or
// says nothing any more, after a wait that grows with every try that came to nothing. What is refused is thrown, so is an answer that is
// no stream, and so is a first try that reaches nobody; an abort ends it with its reason, and leaving the loop hangs up. The inbox in a
// page has its own (packages/inbox/src/stream.ts), which waits by the clock of its page and loads the inbox first.
import type { EventsOf } from './door.ts';
import { eventReader, SILENCE_MAX_MS, type StreamEvent, streamOf, textsOf, waitAfter } from './event-stream.ts';
import { RelanceProblem } from './problem.ts';
import { pause, type Transport } from './transport.ts';

/** An event of a stream: by its name what its data is, and the id from which another client could go on. */
export type Told<E> = {
  [N in keyof E]: { readonly name: N; readonly data: E[N]; readonly id: string };
}[keyof E];

export const bothOf = (one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined =>
  one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);

export interface StreamOptions {
  /** From here on; else from now. */
  readonly lastEventId?: string;
  readonly signal?: AbortSignal | undefined;
}

type LiveEvents = EventsOf<'GET /v1/stream'>;
type InboxEvents = EventsOf<'GET /v1/inbox/stream'>;

/**
 * Which follow-ups something happens to. It tells of no past, so after a gap it says that more may have changed than can be named. That
 * the server only says that it is there (it names none) is told to nobody.
 */
export async function* followLive(call: Transport, options: Pick<StreamOptions, 'signal'> = {}) {
  const gap = { name: 'changed', data: { followUps: null }, id: '' } as const;
  for await (const told of follow<LiveEvents>(call, '/v1/stream', options, gap))
    if (told.data.followUps?.length !== 0) yield told;
}

/** What comes into the inbox, is read and is archived, and how much there is. Nothing is missed between two connections. */
export const followInbox = (call: Transport, options: StreamOptions = {}) =>
  follow<InboxEvents>(call, '/v1/inbox/stream', options, null);

/** `afterGap` is told whenever it is open again. */
async function* follow<E>(
  call: Transport,
  path: string,
  { lastEventId = '', signal }: StreamOptions,
  afterGap: Told<E> | null,
): AsyncGenerator<Told<E>, never, void> {
  let place = lastEventId;
  let opened = false;
  for (let triesInVain = 0; ; triesInVain++) {
    let askedMs = 0;
    const hangUp = new AbortController();
    try {
      const body = await open(call, path, place, signal, hangUp);
      if (opened && afterGap !== null) yield afterGap;
      opened = true;
      const heard = (waitMs: number | null) => {
        triesInVain = 0;
        askedMs = waitMs ?? askedMs;
      };
      for await (const event of eventsOf(body, place, hangUp, heard)) {
        place = event.id;
        yield { name: event.name, data: JSON.parse(event.data), id: event.id } as unknown as Told<E>;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!opened || isRefusal(error)) throw error;
    } finally {
      hangUp.abort();
    }
    await pause(waitAfter(triesInVain, Math.random(), askedMs), signal);
  }
}

async function open(
  call: Transport,
  path: string,
  place: string,
  signal: AbortSignal | undefined,
  hangUp: AbortController,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { accept: 'text/event-stream', ...(place === '' ? {} : { 'last-event-id': place }) };
  return streamOf(await call({ method: 'GET', path, headers, signal: bothOf(signal, hangUp.signal) }));
}

/** A line that says nothing for too long is dead. `heard` whatever comes, and how long to wait when it has ended where it says so. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  place: string,
  hangUp: AbortController,
  heard: (waitMs: number | null) => void,
): AsyncGenerator<StreamEvent> {
  const read = eventReader(place, heard);
  const watch = () => setTimeout(() => hangUp.abort(), SILENCE_MAX_MS);
  let quiet = watch();
  try {
    for await (const text of textsOf(body)) {
      clearTimeout(quiet);
      quiet = watch();
      heard(null);
      yield* read(text);
    }
  } finally {
    clearTimeout(quiet);
  }
}

/** It will be refused again, also by whoever answers 200 with no stream. Too many requests, and a server that is stopping, will not. */
const isRefusal = (error: unknown): boolean =>
  error instanceof RelanceProblem && error.status >= 200 && error.status < 500 && error.status !== 429;
