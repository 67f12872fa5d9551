// The server's stream (GET /v1/stream), held open while the page is seen: when it ends, is cut or says nothing any more, it is opened
// again, after a wait that grows with every try that came to nothing. Whether it is there is told to connection.ts. A page that nobody
// sees listens to nothing: browsers allow six connections to a server that speaks HTTP/1.1, for all its pages together.
import { SILENCE_MAX_MS } from '@relance/client';
import { streamLeft, streamSettled, streamSought } from './connection.ts';

/** A browser connects again by itself, but not after an answer that is no stream: a proxy without its server. */
const AGAIN_MS = 3_000;
const AGAIN_MAX_MS = 30_000;

export interface Listening {
  /** It tells of no past: what is shown may be old until it is read again. */
  opened(): void;
  /** Null: more than can be named. Never none. */
  changed(followUps: readonly string[] | null): void;
}

/** Until it is called: what it answers ends it. */
export function holdStream({ opened, changed }: Listening): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let waitMs = AGAIN_MS;
  const close = (): void => {
    source?.close();
    source = null;
    clearTimeout(again);
    clearTimeout(quiet);
  };
  /** Of a line that is dead no browser hears that it is: a stream that says nothing for so long, or never opens, is begun anew. */
  const heard = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(open, SILENCE_MAX_MS);
  };
  function open(): void {
    close();
    if (document.hidden) {
      streamLeft();
      return;
    }
    streamSought();
    heard();
    source = new EventSource('/v1/stream');
    source.addEventListener('open', () => {
      heard();
      waitMs = AGAIN_MS;
      streamSettled();
      opened();
    });
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      heard();
      const { followUps } = JSON.parse(data) as { readonly followUps: readonly string[] | null };
      if (followUps?.length !== 0) changed(followUps); // else the server only says that it is there
    });
    source.addEventListener('error', () => {
      streamSought();
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(quiet);
      again = setTimeout(open, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(AGAIN_MAX_MS, 2 * waitMs);
    });
  }
  // A network that went may have taken the line with it, and one that came may have it again: tried, one knows.
  document.addEventListener('visibilitychange', open);
  window.addEventListener('offline', open);
  window.addEventListener('online', open);
  open();
  return () => {
    document.removeEventListener('visibilitychange', open);
    window.removeEventListener('offline', open);
    window.removeEventListener('online', open);
    close();
    streamSettled();
  };
}
