// What is read again because something happened: the server's stream names the follow-ups (GET /v1/stream). Whoever connects again
// reads everything again, as the stream tells of no past. The browser connects again by itself.
import type { QueryClient } from '@tanstack/react-query';
import { followUpKey } from './pages/follow-up/follow-up-query.ts';

/** Of many changes at once the pages are read again once. */
const GATHERED_MS = 300;

/** Until it is called: what it answers ends it. */
export function readLive(queries: QueryClient): () => void {
  const source = new EventSource('/v1/stream');
  let changed = new Set<string>();
  let everything = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wasOpen = false;
  const again = (): void => {
    timer = null;
    if (everything) void queries.invalidateQueries({ queryKey: ['follow-ups'] });
    else {
      for (const id of changed) void queries.invalidateQueries({ queryKey: followUpKey(id) });
      void queries.invalidateQueries({ queryKey: ['follow-ups', 'list'] });
    }
    for (const key of ['overview', 'replies', 'clock']) void queries.invalidateQueries({ queryKey: [key] });
    changed = new Set();
    everything = false;
  };
  const soon = (): void => {
    timer ??= setTimeout(again, GATHERED_MS);
  };
  source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
    const { followUps } = JSON.parse(data) as { readonly followUps: readonly string[] | null };
    if (followUps === null) everything = true;
    else for (const id of followUps) changed.add(id);
    soon();
  });
  source.addEventListener('open', () => {
    everything ||= wasOpen;
    if (wasOpen) soon();
    wasOpen = true;
  });
  return () => {
    source.close();
    if (timer !== null) clearTimeout(timer);
  };
}
