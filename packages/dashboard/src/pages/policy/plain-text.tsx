// A policy's text while its editor is on its way, which is as large as the rest of the page: it can be read, written and published at
// once, and whoever is at it when the editor comes goes on there where they were.
import { type KeyboardEvent, type Ref, type RefObject, useImperativeHandle, useLayoutEffect, useRef } from 'react';

/** From and to which character. */
export type Selected = readonly [number, number];

export interface EditorHandle {
  /** Puts the cursor to a place. */
  goTo(line: number, column: number): void;
}

interface Props {
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly change: (text: string) => void;
  readonly save: () => void;
  /** Told when it goes. */
  readonly selected: RefObject<Selected | null>;
  /** Told when letters begin to be put together, and when they are. */
  readonly composing: (now: boolean) => void;
  readonly ref?: Ref<EditorHandle> | undefined;
}

export function PlainText({ text, label, describedBy, change, save, selected, composing, ref }: Props) {
  const place = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const here = place.current;
    return () => {
      if (here !== null && document.activeElement === here) selected.current = [here.selectionStart, here.selectionEnd];
    };
  }, [selected]);
  useImperativeHandle(ref, () => ({
    goTo(line, column) {
      const here = place.current;
      if (here === null) return;
      const above = here.value.split('\n').slice(0, line - 1);
      const at = above.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
      here.setSelectionRange(at, at);
      here.focus();
    },
  }));
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
  };
  return (
    <textarea
      ref={place}
      className="plain-text"
      aria-label={label}
      aria-describedby={describedBy}
      spellCheck={false}
      rows={text.split('\n').length}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={keys}
      onCompositionStart={() => composing(true)}
      onCompositionEnd={() => composing(false)}
    />
  );
}
