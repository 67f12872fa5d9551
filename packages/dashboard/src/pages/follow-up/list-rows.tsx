// The rows of the list: each is one link, with a box to choose it beside it, which x ticks. Which of them exist is shell/virtual-rows.tsx.
import { Checkbox } from '@mantine/core';
import type { FollowUp } from '@relance/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useLetterKeys } from '../../letter-keys.ts';
import { fromNow, Moment, useNow } from '../../moment.tsx';
import { People } from '../../people.tsx';
import { VirtualRows } from '../../shell/virtual-rows.tsx';
import { isLive, Standing } from './standing.tsx';

const ROW_PX = { desk: 68, phone: 128 };
const idOf = ({ id }: FollowUp): string => id;

interface Props {
  readonly items: readonly FollowUp[];
  /** Reads the next page; null while it is read, or when there is none. */
  readonly more: (() => void) | null;
  readonly complete: boolean;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (followUp: FollowUp, isChosen: boolean) => void;
}

export function ListRows({ items, more, complete, chosen, choose }: Props) {
  const toggle = () => {
    const id = (document.activeElement as HTMLElement | null)?.dataset.followUp;
    const followUp = items.find((one) => one.id === id);
    if (followUp !== undefined) choose(followUp, !chosen.has(followUp.id));
  };
  useLetterKeys([['x', toggle]]);
  const dueless = items.every(({ dueAt }) => dueAt === null);
  return (
    <VirtualRows
      label="Follow-ups"
      items={items}
      keyOf={idOf}
      height={ROW_PX}
      complete={complete}
      counted={
        complete
          ? `${items.length} ${items.length === 1 ? 'follow-up' : 'follow-ups'}`
          : `The newest ${items.length}; more as you scroll`
      }
      more={more}
      row={(followUp) => (
        <>
          <Checkbox
            className="row-choice"
            aria-label={`Choose ${followUp.subject.title}`}
            checked={chosen.has(followUp.id)}
            onChange={(event) => choose(followUp, event.currentTarget.checked)}
          />
          <Row followUp={followUp} dueless={dueless} />
        </>
      )}
    />
  );
}

interface RowProps {
  readonly followUp: FollowUp;
  /** None in the list has a day. */
  readonly dueless: boolean;
}

function Row({ followUp, dueless }: RowProps) {
  const { subject, policy, key, assignee, assignees, dueAt, escalationLevel } = followUp;
  const now = useNow();
  const late = dueAt !== null && now !== undefined && dueAt < now && isLive(followUp.status);
  const asked = assignees.length > 0 ? assignees : assignee === null ? [] : [assignee];
  return (
    <Link
      className={dueless ? 'row dueless' : 'row'}
      to="/follow-ups/$id"
      params={{ id: followUp.id }}
      data-follow-up={followUp.id}
    >
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
      <Cell label={late ? 'Overdue' : 'Due'} className={dueAt === null ? 'row-cell no-due' : 'row-cell due'}>
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

interface CellProps {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

function Cell({ label, className = 'row-cell', children }: CellProps) {
  return (
    <span className={className}>
      <small>{label}</small>
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
