// A policy's text while it is written, with the version that it was begun from: what is published is that, changed, and not what
// somebody else has published meanwhile.
import { useCallback, useEffect, useRef, useState } from 'react';
import { keepDraft, keptDraft } from '../../drafts.ts';

export interface Draft {
  readonly text: string;
  /** It is not what is published. */
  readonly changed: boolean;
  /** The version that it was begun from; null: there was none. */
  readonly from: number | null;
  /** Counts how often it was begun anew: an editor of the old text is of no use then. */
  readonly begun: number;
  write(text: string): void;
  /** Back to what is published. */
  discard(): void;
  /** What was sent is published, under an id of its own if it is new; what was written meanwhile is not. */
  sent(text: string, as: { readonly id: string; readonly version: number }): void;
}

interface Published {
  readonly text: string;
  readonly version: number | null;
}

export function useDraft(tenant: string | null, id: string, published: Published): Draft {
  const [state, setState] = useState(() => {
    const kept = keptDraft(tenant, id);
    return {
      text: published.text,
      ...kept,
      // What there is not yet is written over nothing, whatever was kept of another time.
      version: published.version === null ? null : (kept?.version ?? published.version),
      base: published.text,
      begun: 0,
    };
  });
  const latest = useRef(state);
  const shown = useRef(published);
  const put = useCallback((changed: Partial<typeof state>) => {
    latest.current = { ...latest.current, ...changed };
    setState(latest.current);
  }, []);
  const write = useCallback(
    (text: string) => {
      keepDraft(tenant, id, { text, version: latest.current.version });
      put({ text });
    },
    [tenant, id, put],
  );
  const settle = useCallback(
    (text: string, version: number | null) => {
      keepDraft(tenant, id, null);
      const { text: before, begun } = latest.current;
      put({ text, base: text, version, begun: before === text ? begun : begun + 1 });
    },
    [tenant, id, put],
  );
  const passed = useRef<Published | null>(null);
  const sent = useCallback(
    (text: string, { id: own, version }: { readonly id: string; readonly version: number }) => {
      const { text: now } = latest.current;
      keepDraft(tenant, id, null);
      if (now !== text) keepDraft(tenant, own, { text: now, version });
      passed.current = shown.current;
      put({ base: text, version });
    },
    [tenant, id, put],
  );
  // Somebody has published: whoever has changed nothing sees that. What was shown before one's own is not newer.
  const { text, version } = published;
  const untouched = state.text === state.base;
  useEffect(() => {
    shown.current = { text, version };
    const { base, version: from } = latest.current;
    const isPassed = passed.current?.text === text && passed.current.version === version;
    if (untouched && !isPassed && (base !== text || from !== version)) settle(text, version);
  }, [untouched, text, version, settle]);
  return {
    text: state.text,
    changed: !untouched,
    from: state.version,
    begun: state.begun,
    write,
    discard: () => settle(text, version),
    sent,
  };
}
