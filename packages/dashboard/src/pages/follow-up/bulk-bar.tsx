// What can be done about everything that is chosen in the list: one command for all, how far it is, what each answered, and a button
// that takes it back. It stays in sight while one scrolls.
import { Alert, Button, Group, List, Paper, Progress, Stack, Text } from '@mantine/core';
import type { CommandBody, CommandName, FollowUp } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { type Bulk, runBulk, type Told, undoOf } from './bulk.ts';
import { COMMANDS, type OfferedCommand } from './command.ts';
import { CommandForm } from './command-form.tsx';

const OFFERED: readonly CommandName[] = ['acknowledge', 'resolve', 'snooze', 'reassign', 'cancel', 'reopen'];
const REOPEN_SAYS =
  'Each begins anew with its first stage, under the same key, and whoever is asked is told again. This cannot be undone: closing them again tells people once more.';
const REFUSED_SHOWN_MAX = 10;

interface Props {
  readonly chosen: readonly FollowUp[];
  /** Of the rows that were read. */
  readonly all: readonly FollowUp[];
  readonly choose: (followUps: readonly FollowUp[]) => void;
  /** Reads the rest of what the filters say; null where all of it has been read. */
  readonly readOn: (() => Promise<ReadOn>) | null;
}

export interface ReadOn {
  readonly items: readonly FollowUp[];
  readonly complete: boolean;
}

interface Done {
  readonly bulk: Bulk;
  readonly told: readonly Told[];
  readonly wasUndo: boolean;
}

export function BulkBar({ chosen, all, choose, readOn }: Props) {
  const queries = useQueryClient();
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
      return queries.invalidateQueries({ queryKey: ['follow-ups'] });
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
  if (chosen.length === 0 && !busy && done === undefined) return null;
  return (
    <Paper withBorder p="sm" className="bulk" component="section" aria-label="What is chosen">
      <Stack gap="sm">
        {busy && variables !== undefined ? (
          <Running through={through} of={variables.bulk.followUps.length} />
        ) : (
          chosen.length > 0 && (
            <Group gap="xs">
              <Text size="sm" role="status">
                <strong>{chosen.length} chosen</strong>, {readOn === null ? '' : 'more than '}
                {all.length} in the list
              </Text>
              {offered.map((command) => (
                <Button key={command.name} size="xs" variant="default" onClick={() => begin(command)}>
                  {command.label}
                </Button>
              ))}
              <ChooseAll chosen={chosen.length} all={all} choose={choose} readOn={readOn} />
              <Button size="xs" variant="subtle" onClick={() => choose([])}>
                Choose none
              </Button>
            </Group>
          )
        )}
        {asked !== null && !busy && chosen.length > 0 && (
          <CommandForm
            key={asked.name}
            command={asked}
            busy={false}
            run={(body: CommandBody) => start({ name: asked.name, followUps: chosen, bodyFor: () => body })}
            close={() => setAsked(null)}
          />
        )}
        {done !== undefined && !busy && chosen.length === 0 && (
          <Answers done={done} undo={(bulk) => start(bulk, true)} close={() => run.reset()} />
        )}
      </Stack>
    </Paper>
  );
}

/** All that the filters say, however many of them have been scrolled to. */
function ChooseAll({ chosen, all, choose, readOn }: Omit<Props, 'chosen'> & { readonly chosen: number }) {
  const reading = useMutation({
    mutationFn: async () => (readOn === null ? { items: all, complete: true } : readOn()),
    onSuccess: ({ items }) => choose(items),
  });
  if (reading.isPending)
    return (
      <Text size="sm" role="status">
        Reading on: {all.length} so far…
      </Text>
    );
  return (
    <>
      {(chosen < all.length || readOn !== null) && (
        <Button size="xs" variant="subtle" onClick={() => reading.mutate()}>
          {readOn === null ? `Choose all ${all.length}` : 'Choose all that match'}
        </Button>
      )}
      {reading.error !== null && <ProblemAlert error={reading.error} />}
      {reading.data?.complete === false && (
        <Text size="sm">There are more: these are the newest {reading.data.items.length}, as many as go at once.</Text>
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
