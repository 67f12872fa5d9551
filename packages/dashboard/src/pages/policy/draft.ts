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
  /** What was sent is published; what was written meanwhile is not. */
  sent(text: string, version: number): void;
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
      version: kept?.version ?? published.version,
      base: published.text,
      begun: 0,
    };
  });
  const latest = useRef(state);
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
  const sent = useCallback(
    (text: string, version: number) => {
      const { text: now } = latest.current;
      keepDraft(tenant, id, now === text ? null : { text: now, version });
      put({ base: text, version });
    },
    [tenant, id, put],
  );
  // Somebody has published: whoever has changed nothing sees that.
  const { text, version } = published;
  useEffect(() => {
    const { text: now, base, version: from } = latest.current;
    if (now === base && (base !== text || from !== version)) settle(text, version);
  }, [text, version, settle]);
  return {
    text: state.text,
    changed: state.text !== state.base,
    from: state.version,
    begun: state.begun,
    write,
    discard: () => settle(text, version),
    sent,
  };
}
