// The title of the window, which names the page to screen readers and in the history.
import { useEffect } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Relance`;
  }, [title]);
}
