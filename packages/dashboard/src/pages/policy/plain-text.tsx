// A policy's text while its editor is on its way, which is as large as the rest of the page: it can be read, written and published at
// once, and whoever is at it when the editor comes goes on there where they were.
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react';

/** From and to which character. */
export type Selected = readonly [number, number];

interface Props {
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly change: (text: string) => void;
  readonly save: () => void;
  /** Told when it goes. */
  readonly selected: RefObject<Selected | null>;
}

export function PlainText({ text, label, describedBy, change, save, selected }: Props) {
  const place = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const here = place.current;
    return () => {
      if (here !== null && document.activeElement === here) selected.current = [here.selectionStart, here.selectionEnd];
    };
  }, [selected]);
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
    />
  );
}
