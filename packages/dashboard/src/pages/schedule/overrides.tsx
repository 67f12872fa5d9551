// Dated exceptions of a schedule: told, added and taken away by hand, each at once. They are laid over the schedule as it is at that
// moment, so that what somebody else changed meanwhile stays.
import { Button, Group, Stack, Text } from '@mantine/core';
import type { Override, Schedule } from '@relance/client';
import { readMoment } from '@relance/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { api } from '../../api.ts';
import { laidOver } from '../../laid-over.ts';
import { People, Person } from '../../people.tsx';
import { lazyPart } from '../../shell/lazy-part.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import type { Typed } from './override-form.tsx';
import { readSchedulesAgain } from './schedule-query.ts';
import { isOver } from './span.ts';
import { zonedText } from './zoned.ts';

/** Loaded when somebody adds one. */
const OverrideForm = lazyPart(async () => (await import('./override-form.tsx')).OverrideForm);

interface Props {
  readonly schedule: Schedule;
  readonly now: number;
}

type Change = (overrides: readonly Override[]) => readonly Override[];

export function Overrides({ schedule, now }: Props) {
  const { id, timeZone: zone, overrides = [] } = schedule;
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const run = useMutation({
    mutationFn: (change: Change) =>
      laidOver(api.schedules, id, (now) => ({ ...now, overrides: change(now.overrides ?? []) })),
    onSuccess: () => readSchedulesAgain(queries),
  });
  const begins = (one: Override): number => readMoment(one.from, zone) ?? 0;
  const sorted = overrides.toSorted((a, b) => begins(a) - begins(b));
  const over = sorted.filter(({ to }) => isOver(to, zone, now));
  const ahead = sorted.filter((one) => !over.includes(one));
  const item = (one: Override) => (
    <OverrideItem
      key={one.id}
      of={one}
      zone={zone}
      busy={run.isPending}
      remove={() => run.mutate((all) => all.filter((other) => other.id !== one.id))}
    />
  );
  return (
    <Panel
      title="Overrides"
      aside={
        !adding && (
          <Button size="xs" onClick={() => setAdding(true)}>
            Add an override
          </Button>
        )
      }
    >
      <Stack gap="sm">
        {adding && (
          <Suspense fallback={<Pending />}>
            <OverrideForm
              schedule={schedule}
              busy={run.isPending}
              error={run.error}
              add={(typed) =>
                run.mutate((all) => [...all, overrideOf(typed, freeId(all, typed.from))], {
                  onSuccess: () => setAdding(false),
                })
              }
              close={() => {
                run.reset();
                setAdding(false);
              }}
            />
          </Suspense>
        )}
        {!adding && run.error !== null && <ProblemAlert error={run.error} />}
        {ahead.length === 0 && (
          <Text size="sm" c="dimmed">
            None now or ahead. An override says who is on call for once: a swap, a holiday, or nobody at all.
          </Text>
        )}
        <ul className="items" aria-label="Overrides">
          {ahead.map(item)}
        </ul>
        {over.length > 0 && (
          <details>
            <Text component="summary" size="sm" fw={600}>
              {over.length} that are over
            </Text>
            <ul className="items overrides-over">{over.toReversed().map(item)}</ul>
          </details>
        )}
      </Stack>
    </Panel>
  );
}

const momentIn = (text: string, zone: string): string => {
  const at = readMoment(text, zone);
  return at === null ? text : zonedText(at, zone);
};

interface ItemProps {
  readonly of: Override;
  readonly zone: string;
  readonly busy: boolean;
  readonly remove: () => void;
}

function OverrideItem({ of: { id, from, to, recipient, recipients, replaces, level }, zone, busy, remove }: ItemProps) {
  const who = recipients ?? (recipient == null ? [] : [recipient]);
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text size="sm" fw={600}>
            {who.length === 0 ? 'Nobody' : <People ids={who} />}
            {replaces !== undefined && (
              <>
                {' '}
                for <Person id={replaces} />
              </>
            )}
          </Text>
          <Text size="sm">
            {momentIn(from, zone)} to {momentIn(to, zone)}
          </Text>
          <Text size="xs" c="dimmed">
            {id}
            {level !== undefined && `, level ${level}`}
          </Text>
        </div>
        <Button
          size="xs"
          variant="default"
          flex="none"
          disabled={busy}
          onClick={remove}
          aria-label={`Remove the override ${id}`}
        >
          Remove
        </Button>
      </Group>
    </li>
  );
}

/** It needs an id; one that nobody has to think of, and that nobody else has taken meanwhile. */
function freeId(overrides: readonly Override[], from: string): string {
  const taken = new Set(overrides.map(({ id }) => id));
  const base = `by-hand-${from.slice(0, 10)}`;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}

function overrideOf({ from, to, who, replaces, level }: Typed, id: string): Override {
  const people = who.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  return {
    id,
    from,
    to,
    ...(people.length > 1 ? { recipients: people } : { recipient: people[0] ?? null }),
    ...(replaces.trim() === '' ? {} : { replaces: replaces.trim() }),
    ...(level === '' ? {} : { level: Number(level) }),
  };
}
