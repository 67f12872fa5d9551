// What can be done about everything that is chosen in the list: one command for all, how far it is, what each answered, and a button
// that takes it back. It stays in sight while one scrolls.
import { Alert, Button, Group, List, Paper, Progress, Stack, Text } from '@mantine/core';
import type { CommandBody, CommandName, FollowUp } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { type Bulk, runBulk, type Told, undoOf } from './bulk.ts';
import { COMMANDS, type OfferedCommand } from './command.ts';
import { CommandForm } from './command-form.tsx';
import { CHOSEN_MAX, type Matching } from './read-matching.ts';

const OFFERED: readonly CommandName[] = ['acknowledge', 'resolve', 'snooze', 'reassign', 'cancel', 'reopen'];
const REOPEN_SAYS =
  'Each begins anew with its first stage, under the same key, and whoever is asked is told again. This cannot be undone: closing them again tells people once more.';
const REFUSED_SHOWN_MAX = 10;

interface Props {
  readonly chosen: readonly FollowUp[];
  /** Of the rows that were read. */
  readonly all: readonly FollowUp[];
  /** Whether these rows are all that match. */
  readonly isWhole: boolean;
  /** What the list is filtered by: what is read of other filters is not heard of any more. */
  readonly filters: string;
  readonly choose: (followUps: readonly FollowUp[]) => void;
  /** All that match; null where it was stopped. */
  readonly readAll: (signal: AbortSignal, said: (read: number) => void) => Promise<Matching<FollowUp> | null>;
}

interface Done {
  readonly bulk: Bulk;
  readonly told: readonly Told[];
  readonly wasUndo: boolean;
}

export function BulkBar({ chosen, all, isWhole, filters, choose, readAll }: Props) {
  const queries = useQueryClient();
  const reading = useReading(filters, readAll, choose);
  const [asked, setAsked] = useState<OfferedCommand | null>(null);
  const [through, setThrough] = useState(0);
  const run = useMutation({
    mutationFn: async ({ bulk, wasUndo }: Omit<Done, 'told'>): Promise<Done> => {
      setThrough(0);
      return { bulk, wasUndo, told: await runBulk(api.followUps, bulk, setThrough) };
    },
    onSuccess: () => {
      setAsked(null);
      choose([]);
      void queries.invalidateQueries({ queryKey: ['follow-ups'] }); // nobody waits for a long list with what became of each
    },
  });
  const start = (bulk: Bulk, wasUndo = false) => run.mutate({ bulk, wasUndo });
  const begin = (command: OfferedCommand) => {
    run.reset();
    if (command.name === 'acknowledge') start({ name: command.name, followUps: chosen, bodyFor: () => ({}) });
    else setAsked(command.name === 'reopen' ? { ...command, says: REOPEN_SAYS } : command);
  };
  const offered = COMMANDS.filter(({ name, offered: makesSense }) => OFFERED.includes(name) && chosen.some(makesSense));
  const { isPending: busy, variables, data: done } = run;
  if (chosen.length === 0 && !busy && !reading.isUnderWay && done === undefined) return null;
  return (
    <Paper withBorder p="sm" className="bulk" component="section" aria-label="What is chosen">
      <Stack gap="sm">
        {busy && variables !== undefined ? (
          <Running through={through} of={variables.bulk.followUps.length} />
        ) : reading.isUnderWay ? (
          <Group gap="xs">
            <Text size="sm" role="status">
              Reading all that match: {reading.read} so far…
            </Text>
            <Button size="xs" variant="default" onClick={reading.stop}>
              Stop
            </Button>
          </Group>
        ) : (
          chosen.length > 0 && (
            <Group gap="xs">
              <Text size="sm" role="status">
                <strong>{chosen.length} chosen</strong>, {isWhole ? '' : 'more than '}
                {all.length} in the list
              </Text>
              {offered.map((command) => (
                <Button key={command.name} size="xs" variant="default" onClick={() => begin(command)}>
                  {command.label}
                </Button>
              ))}
              <ChooseAll chosen={chosen} all={all} isWhole={isWhole} reading={reading} />
              <Button size="xs" variant="subtle" onClick={() => choose([])}>
                Choose none
              </Button>
            </Group>
          )
        )}
        {asked !== null && !busy && !reading.isUnderWay && chosen.length > 0 && (
          <CommandForm
            key={asked.name}
            command={asked}
            busy={false}
            run={(body: CommandBody) => start({ name: asked.name, followUps: chosen, bodyFor: () => body })}
            close={() => setAsked(null)}
          />
        )}
        {done !== undefined && !busy && !reading.isUnderWay && chosen.length === 0 && (
          <Answers done={done} undo={(bulk) => start(bulk, true)} close={() => run.reset()} />
        )}
      </Stack>
    </Paper>
  );
}

interface Reading {
  readonly isUnderWay: boolean;
  /** So many so far. */
  readonly read: number;
  /** What was read last, of these filters. */
  readonly last: Matching<FollowUp> | null;
  readonly error: Error | null;
  readonly begin: () => void;
  readonly stop: () => void;
}

interface UnderWay {
  readonly stop: AbortController;
  readonly filters: string;
}

/** Reads all that match and chooses it, unless it is stopped, the page is left or other filters are set before it is there. */
function useReading(filters: string, readAll: Props['readAll'], choose: Props['choose']): Reading {
  const [read, setRead] = useState(0);
  const [under, setUnder] = useState<UnderWay | null>(null);
  const { mutate, reset, variables, data, error } = useMutation({
    mutationFn: async ({ stop }: UnderWay) => {
      const all = await readAll(stop.signal, setRead);
      if (stop.signal.aborted || all === null) return null;
      choose(all.items);
      return all;
    },
    onSettled: (_all, _error, settled) => setUnder((now) => (now === settled ? null : now)),
  });
  useEffect(() => () => under?.stop.abort(), [under]);
  useEffect(() => {
    if (under !== null && under.filters !== filters) setUnder(null);
  }, [under, filters]);
  const isOfThese = variables?.filters === filters;
  return {
    isUnderWay: under?.filters === filters,
    read,
    last: isOfThese ? (data ?? null) : null,
    error: isOfThese ? error : null,
    begin: () => {
      const next = { stop: new AbortController(), filters };
      setRead(0);
      setUnder(next);
      mutate(next);
    },
    stop: () => {
      under?.stop.abort();
      setUnder(null);
      reset();
    },
  };
}

interface ChooseAllProps extends Pick<Props, 'chosen' | 'all' | 'isWhole'> {
  readonly reading: Reading;
}

/** All that the filters say, however many of them have been scrolled to. */
function ChooseAll({ chosen, all, isWhole, reading: { last, error, begin } }: ChooseAllProps) {
  const areTheLast =
    last !== null && last.items.length === chosen.length && last.items.every((one, at) => one === chosen[at]);
  const label = !isWhole
    ? 'Choose all that match'
    : all.length > CHOSEN_MAX
      ? `Choose the newest ${CHOSEN_MAX}`
      : `Choose all ${all.length}`;
  return (
    <>
      {!areTheLast && (!isWhole || chosen.length < all.length) && (
        <Button size="xs" variant="subtle" onClick={begin}>
          {label}
        </Button>
      )}
      {error !== null && <ProblemAlert error={error} again={begin} />}
      {areTheLast && !last.complete && (
        <Text size="sm">There are more: these are the newest {chosen.length}, as many as go at once.</Text>
      )}
    </>
  );
}

function Running({ through, of }: { readonly through: number; readonly of: number }) {
  return (
    <div>
      <Text size="sm" role="status" mb={6}>
        {through} of {of}
      </Text>
      <Progress value={(100 * through) / of} aria-label="How far it is" />
    </div>
  );
}

const labelOf = (name: CommandName): string => COMMANDS.find((one) => one.name === name)?.label ?? name;

function Answers({
  done,
  undo,
  close,
}: {
  readonly done: Done;
  readonly undo: (bulk: Bulk) => void;
  readonly close: () => void;
}) {
  const { bulk, told, wasUndo } = done;
  const count = (became: Told['became']): number => told.filter((one) => one.became === became).length;
  const refused = told.filter(({ became }) => became === 'refused');
  const back = wasUndo ? null : undoOf(bulk.name, told);
  const parts = [
    `${count('changed')} done`,
    ...(count('same') > 0 ? [`${count('same')} were so already`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
  ];
  return (
    <Alert
      color={refused.length > 0 ? 'orange' : 'green'}
      variant="light"
      p="xs"
      role="status"
      title={`${wasUndo ? 'Taken back' : labelOf(bulk.name)}: ${parts.join(', ')}.`}
    >
      <Stack gap="xs">
        {refused.length > 0 && (
          <List size="sm">
            {refused.slice(0, REFUSED_SHOWN_MAX).map(({ before: followUp, detail }) => (
              <List.Item key={followUp.id}>
                <PageLink to="/follow-ups/$id" params={{ id: followUp.id }} size="sm">
                  {followUp.subject.title}
                </PageLink>
                : {detail}
              </List.Item>
            ))}
            {refused.length > REFUSED_SHOWN_MAX && <List.Item>and {refused.length - REFUSED_SHOWN_MAX} more</List.Item>}
          </List>
        )}
        {back?.bulk.name === 'reopen' && (
          <Text size="sm">Taking it back reopens them: each begins anew with its first stage.</Text>
        )}
        {back !== null && back.stay > 0 && (
          <Text size="sm">{back.stay} cannot be put back as they were, and would stay.</Text>
        )}
        <Group gap="xs">
          {back !== null && (
            <Button size="xs" variant="default" onClick={() => undo(back.bulk)}>
              Undo
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={close}>
            Close
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
