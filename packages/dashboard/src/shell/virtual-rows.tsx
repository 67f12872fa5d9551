// A list of any length of which only the rows that are seen exist. The next page is read before the end is reached; j and k go from
// link to link, Enter opens one.
import { Text } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useLetterKeys } from '../letter-keys.ts';

/** A phone stacks what a desk has side by side. */
const STACKED = '(max-width: 48em)';
const READ_AHEAD_ROWS = 30;

interface Props<T> {
  readonly label: string;
  readonly items: readonly T[];
  /** The same function with every render: another one would have every row measured again. */
  readonly keyOf: (item: T) => string;
  readonly row: (item: T) => ReactNode;
  /** How many there are, in words, above the list. */
  readonly counted: string;
  /** Whether these are all. */
  readonly complete: boolean;
  readonly height: { readonly desk: number; readonly phone: number };
  /** Reads the next page; null while it is read, or when there is none. */
  readonly more: (() => void) | null;
}

export function VirtualRows<T>({ label, items, keyOf, row, counted, complete, height, more }: Props<T>) {
  const place = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  useEffect(() => {
    setAbove(place.current?.offsetTop ?? 0);
  }, []);
  const getItemKey = useCallback(
    (index: number) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    [items, keyOf],
  );
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => (window.matchMedia(STACKED).matches ? height.phone : height.desk),
    overscan: 8,
    scrollMargin: above,
    getItemKey,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== null && last >= items.length - READ_AHEAD_ROWS) more();
  }, [more, last, items.length]);
  const go = (by: 1 | -1) => {
    const links = [...(place.current?.querySelectorAll<HTMLElement>('a.row') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = links[at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  useLetterKeys([
    ['j', () => go(1)],
    ['k', () => go(-1)],
  ]);
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {counted}
      </Text>
      <ul className="rows" ref={place} style={{ height: rows.getTotalSize() }} aria-label={label}>
        {seen.map(({ key, index, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={complete ? items.length : -1}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              {row(item)}
            </li>
          );
        })}
      </ul>
    </>
  );
}
