// What somebody has written and not published: kept in this tab, so that neither an error, a reload nor a session that ends takes it away.
import { useCallback, useEffect, useState } from 'react';

const keyOf = (id: string): string => `relance.draft/${id}`;

export interface Draft {
  readonly text: string;
  /** It is not what is published. */
  readonly changed: boolean;
  /** Counts how often it was begun anew: an editor of the old text is of no use then. */
  readonly begun: number;
  write(text: string): void;
  /** Back to `published`, or on to what has just been. */
  settle(text: string): void;
}

function kept(id: string): string | null {
  try {
    return window.sessionStorage.getItem(keyOf(id));
  } catch {
    return null; // a browser that keeps nothing
  }
}
function keep(id: string, text: string | null): void {
  try {
    if (text === null) window.sessionStorage.removeItem(keyOf(id));
    else window.sessionStorage.setItem(keyOf(id), text);
  } catch {
    // The text is on the page all the same.
  }
}

export function useDraft(id: string, published: string): Draft {
  const [state, setState] = useState(() => ({ text: kept(id) ?? published, base: published, begun: 0 }));
  const write = useCallback(
    (text: string) => {
      keep(id, text);
      setState((before) => ({ ...before, text }));
    },
    [id],
  );
  const settle = useCallback(
    (text: string) => {
      keep(id, null);
      setState(({ begun }) => ({ text, base: text, begun: begun + 1 }));
    },
    [id],
  );
  // Somebody else has published: whoever has changed nothing sees that.
  const untouched = state.text === state.base;
  useEffect(() => {
    if (untouched && state.base !== published) settle(published);
  }, [untouched, state.base, published, settle]);
  return { text: state.text, changed: state.text !== state.base, begun: state.begun, write, settle };
}
