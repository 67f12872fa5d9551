// The rows of the list. Each is one link; those out of sight do not exist, and the next page is read before its end is reached.
import { Checkbox, Text } from '@mantine/core';
import type { FollowUp } from '@relance/client';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useLetterKeys } from '../../letter-keys.ts';
import { fromNow, Moment, useNow } from '../../moment.tsx';
import { People } from '../../people.tsx';
import { isLive, Standing } from './standing.tsx';

const ROW_PX = 68;
/** A phone stacks what a desk has side by side. */
const STACKED_PX = 128;
const STACKED = '(max-width: 48em)';
const READ_AHEAD_ROWS = 30;

interface Props {
  readonly items: readonly FollowUp[];
  /** Reads the next page; null while it is read, or when there is none. */
  readonly more: (() => void) | null;
  readonly complete: boolean;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (followUp: FollowUp, isChosen: boolean) => void;
}

export function ListRows({ items, more, complete, chosen, choose }: Props) {
  const place = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  useEffect(() => {
    setAbove(place.current?.offsetTop ?? 0);
  }, []);
  // The same function as long as the rows are: another one would have every row measured again.
  const getItemKey = useCallback((index: number) => items[index]?.id ?? index, [items]);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => (window.matchMedia(STACKED).matches ? STACKED_PX : ROW_PX),
    overscan: 8,
    scrollMargin: above,
    getItemKey,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== null && last >= items.length - READ_AHEAD_ROWS) more();
  }, [more, last, items.length]);
  const toggle = () => {
    const id = (document.activeElement as HTMLElement | null)?.dataset.followUp;
    const followUp = items.find((one) => one.id === id);
    if (followUp !== undefined) choose(followUp, !chosen.has(followUp.id));
  };
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
    ['x', toggle],
  ]);
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {complete
          ? `${items.length} ${items.length === 1 ? 'follow-up' : 'follow-ups'}`
          : `The newest ${items.length}; more as you scroll`}
      </Text>
      <ul className="rows" ref={place} style={{ height: rows.getTotalSize() }} aria-label="Follow-ups">
        {seen.map(({ key, index, start }) => {
          const followUp = items[index];
          return followUp === undefined ? null : (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={complete ? items.length : -1}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              <Checkbox
                className="row-choice"
                aria-label={`Choose ${followUp.subject.title}`}
                checked={chosen.has(followUp.id)}
                onChange={(event) => choose(followUp, event.currentTarget.checked)}
              />
              <Row followUp={followUp} />
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Row({ followUp }: { readonly followUp: FollowUp }) {
  const { subject, policy, key, assignee, assignees, dueAt, escalationLevel } = followUp;
  const now = useNow();
  const late = dueAt !== null && now !== undefined && dueAt < now && isLive(followUp.status);
  const asked = assignees.length > 0 ? assignees : assignee === null ? [] : [assignee];
  return (
    <Link className="row" to="/follow-ups/$id" params={{ id: followUp.id }} data-follow-up={followUp.id}>
      <span className="row-what">
        <strong>{subject.title}</strong>
        <small>
          {policy.id} · {key}
        </small>
      </span>
      <span className="row-standing">
        <Standing followUp={followUp} />
      </span>
      <Cell label="With">
        {asked.length === 0 ? 'nobody' : <People ids={asked} />}
        {escalationLevel > 0 && (
          <small> · escalated {escalationLevel === 1 ? 'once' : `${escalationLevel} times`}</small>
        )}
      </Cell>
      <Cell label="Next">
        <Next followUp={followUp} />
      </Cell>
      <Cell label={late ? 'Overdue' : 'Due'}>
        {dueAt === null ? (
          '–'
        ) : (
          <span className={late ? 'late' : undefined}>
            <Moment at={dueAt} />
          </span>
        )}
      </Cell>
    </Link>
  );
}

function Cell({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <span className="row-cell">
      <small className="row-label">{label}</small>
      <span>{children}</span>
    </span>
  );
}

function Next({ followUp }: { readonly followUp: FollowUp }) {
  const { status, nextAt, nextStage } = followUp;
  const now = useNow();
  if (!isLive(status)) return 'over';
  if (nextAt === null) return 'nothing by the clock';
  return (
    <>
      {nextStage ?? 'goes on'}
      {now !== undefined && <small title={`${nextAt} (UTC)`}> {fromNow(nextAt, now)}</small>}
    </>
  );
}
