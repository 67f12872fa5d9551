// A policy's text while it is written, with the version that it was begun from: what is published is that, changed, and not what
// somebody else has published meanwhile.
import { useCallback, useEffect, useState } from 'react';
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
  /** Back to what is published, or on to what has just been. */
  settle(text: string, version: number | null): void;
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
  const { version } = state;
  const write = useCallback(
    (text: string) => {
      keepDraft(tenant, id, { text, version });
      setState((before) => ({ ...before, text }));
    },
    [tenant, id, version],
  );
  const settle = useCallback(
    (text: string, settled: number | null) => {
      keepDraft(tenant, id, null);
      setState(({ begun }) => ({ text, base: text, version: settled, begun: begun + 1 }));
    },
    [tenant, id],
  );
  // Somebody else has published: whoever has changed nothing sees that.
  const untouched = state.text === state.base;
  const { text, version: newest } = published;
  useEffect(() => {
    if (untouched && (state.base !== text || version !== newest)) settle(text, newest);
  }, [untouched, state.base, version, text, newest, settle]);
  return { text: state.text, changed: !untouched, from: version, begun: state.begun, write, settle };
}
