// What can be done about everything that is chosen in the list: one command for all, how far it is, and what came of it
// (bulk-answers.tsx). It stays in sight while one scrolls.
import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import type { CommandBody, CommandName, FollowUp } from '@relance/client';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { type Bulk, settledIn } from './bulk.ts';
import { BulkAnswers } from './bulk-answers.tsx';
import { COMMANDS, type OfferedCommand } from './command.ts';
import { CommandForm } from './command-form.tsx';
import { CHOSEN_MAX, type Matching } from './read-matching.ts';
import { useBulk } from './use-bulk.ts';

const OFFERED: readonly CommandName[] = ['acknowledge', 'resolve', 'snooze', 'reassign', 'cancel', 'reopen'];
const REOPEN_SAYS =
  'Each begins anew with its first stage, under the same key, and whoever is asked is told again. This cannot be undone: closing them again tells people once more.';

interface Props {
  readonly chosen: readonly FollowUp[];
  /** Of the rows that were read. */
  readonly all: readonly FollowUp[];
  /** Whether these rows are all that match. */
  readonly isWhole: boolean;
  /** What the list is filtered by: what is read of other filters is not heard of any more. */
  readonly filters: string;
  readonly choose: (followUps: readonly FollowUp[]) => void;
  /** Others that are chosen stay so. */
  readonly chooseNot: (followUps: readonly FollowUp[]) => void;
  /** All that match; null where it was stopped. */
  readonly readAll: (signal: AbortSignal, said: (read: number) => void) => Promise<Matching<FollowUp> | null>;
}

export function BulkBar({ chosen, all, isWhole, filters, choose, chooseNot, readAll }: Props) {
  const reading = useReading(filters, readAll, choose);
  const [asked, setAsked] = useState<OfferedCommand | null>(null);
  const bulk = useBulk((done) => {
    setAsked(null);
    chooseNot(settledIn(done.told).map(({ before }) => before)); // what was not done is still to be done
  });
  const { under, last } = bulk;
  const start = (name: CommandName, bodyFor: Bulk['bodyFor']) =>
    bulk.start({ bulk: { name, followUps: chosen, bodyFor }, told: [], wasUndo: false });
  const begin = (command: OfferedCommand) => {
    if (command.name === 'acknowledge') start(command.name, () => ({}));
    else setAsked(command.name === 'reopen' ? { ...command, says: REOPEN_SAYS } : command);
  };
  const offered = COMMANDS.filter(({ name, offered: makesSense }) => OFFERED.includes(name) && chosen.some(makesSense));
  if (chosen.length === 0 && under === null && !reading.isUnderWay && last === null) return null;
  return (
    <Paper withBorder p="sm" className="bulk" component="section" aria-label="What is chosen">
      <Stack gap="sm">
        {under !== null ? (
          <Running {...under} stop={bulk.stop} />
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
        {asked !== null && under === null && !reading.isUnderWay && chosen.length > 0 && (
          <CommandForm
            key={asked.name}
            command={asked}
            busy={false}
            run={(body: CommandBody) => start(asked.name, () => body)}
            close={() => setAsked(null)}
          />
        )}
        {last !== null && under === null && !reading.isUnderWay && (
          <BulkAnswers done={last} focus={bulk.hasEnded} start={bulk.start} close={bulk.forget} />
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

interface RunningProps {
  readonly through: number;
  readonly of: number;
  readonly isStopping: boolean;
  readonly stop: () => void;
}

/** What has begun is waited for where it is stopped: the button says so, and stays where one is. */
function Running({ through, of, isStopping, stop }: RunningProps) {
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="sm" role="status">
          {through} of {of}
        </Text>
        <Button
          size="xs"
          variant="default"
          aria-disabled={isStopping}
          data-disabled={isStopping}
          onClick={isStopping ? undefined : stop}
        >
          {isStopping ? 'Stopping…' : 'Stop'}
        </Button>
      </Group>
      <Progress value={(100 * through) / of} aria-label="How far it is" />
    </Stack>
  );
}
