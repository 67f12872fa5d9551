// The stream of an inbox, held open: when it ends, is cut or says nothing any more, it is opened again where it was, after a wait that
// grows with every try that came to nothing and differs from page to page, so that a server that comes back is not met by all at once;
// or as long as the server asked for, which ends the oldest pages of a person who has very many.
//
//   loading ──list──▶ live ──cut──▶ away ──wait, open──▶ live        stop() from anywhere: silence
import { eventReader, SILENCE_MAX_MS, type StreamEvent, streamOf, textsOf, waitAfter } from '@relance/client';
import type { Platform } from './platform.ts';

export type StreamStatus = 'loading' | 'live' | 'away';

export interface StreamOptions {
  readonly platform: Platform;
  /** Loads what is there; answers the place from which the stream goes on. Asked again until it succeeds or is stopped. */
  begin(stopped: AbortSignal): Promise<string>;
  /** Asks for the stream after a place. */
  open(lastEventId: string, signal: AbortSignal): Promise<Response>;
  heard(event: StreamEvent): void;
  became(status: StreamStatus, trouble: unknown): void;
}

export interface Stream {
  /** The network is back: the next try is now. */
  wake(): void;
  stop(): void;
}

export function followStream(options: StreamOptions): Stream {
  const { platform } = options;
  const stopping = new AbortController();
  let place: string | null = null;
  let triesInVain = 0;
  let askedMs = 0; // by the stream that has ended
  let wake = (): void => {};

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const callOff = platform.after(ms, resolve);
      wake = () => {
        callOff();
        resolve();
      };
    });

  async function once(): Promise<void> {
    place ??= await options.begin(stopping.signal);
    if (stopping.signal.aborted) return;
    const dead = new AbortController();
    const hangUp = (): void => dead.abort();
    stopping.signal.addEventListener('abort', hangUp, { once: true });
    let quiet = platform.after(SILENCE_MAX_MS, hangUp);
    try {
      const body = streamOf(await options.open(place, dead.signal));
      options.became('live', null);
      const read = eventReader(place, (ms) => (askedMs = ms));
      for await (const text of textsOf(body)) {
        quiet();
        quiet = platform.after(SILENCE_MAX_MS, hangUp);
        triesInVain = 0; // who answers and says nothing has not come to anything yet
        for (const event of read(text)) {
          options.heard(event);
          place = event.id;
        }
      }
    } finally {
      quiet();
      stopping.signal.removeEventListener('abort', hangUp);
      dead.abort(); // whatever ended it, nothing of it stays open
    }
  }

  async function follow(): Promise<void> {
    options.became('loading', null);
    while (!stopping.signal.aborted) {
      let trouble: unknown = null;
      try {
        await once();
      } catch (error) {
        trouble = error;
      }
      if (stopping.signal.aborted) return;
      options.became('away', trouble);
      await pause(waitAfter(triesInVain++, platform.chance(), askedMs));
      askedMs = 0;
    }
  }

  void follow();
  return {
    wake: () => wake(),
    stop() {
      stopping.abort();
      wake();
    },
  };
}
