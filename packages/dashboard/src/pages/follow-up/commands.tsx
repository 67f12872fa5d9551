// The commands of one follow-up: those one needs most as buttons, the others in a menu, the policy's own first. What a command asks
// for is asked below, and what the server answers is told there: done, or why not.
import { Alert, Button, Group, Menu, Stack } from '@mantine/core';
import type { CommandAnswer, CommandBody, FollowUp } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api } from '../../api.ts';
import { Icon } from '../../shell/icon.tsx';
import { focusIfLost } from '../../shell/lost-focus.ts';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { COMMANDS, COMMENT, type OfferedCommand } from './command.ts';
import { CommandForm } from './command-form.tsx';
import { followUpKey, type PolicyAction } from './follow-up-query.ts';
import { isLive } from './standing.tsx';

/** Buttons of their own; Acknowledge and Resolve need no form. */
const FIRST: readonly string[] = ['acknowledge', 'resolve', 'snooze', 'reopen'];
const AT_ONCE: readonly string[] = ['acknowledge', 'unacknowledge', 'escalate'];

interface Asked {
  readonly command: OfferedCommand;
  readonly action?: PolicyAction;
}

const ofAction = (action: PolicyAction): Asked => ({
  action,
  command: {
    name: 'answer',
    label: action.label,
    says: 'An answer of the policy, given in the name of whoever is signed in here.',
    icon: 'check',
    fields: [COMMENT],
    ...(action.answer === undefined ? {} : { answer: action.answer }),
    offered: () => true,
  },
});

export function Commands({
  followUp,
  actions,
}: {
  readonly followUp: FollowUp;
  readonly actions: readonly PolicyAction[];
}) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const run = useMutation({
    mutationFn: ({ command, action, body }: Asked & { readonly body: CommandBody }): Promise<CommandAnswer> =>
      action === undefined
        ? api.followUps.command(followUp.id, command.name, body)
        : api.followUps.answer(followUp.id, action.id, body),
    onSuccess: (answer) => {
      setAsked(null);
      const { changed: _changed, inFlight: _inFlight, ...now } = answer;
      queries.setQueryData(followUpKey(followUp.id), now);
      return queries.invalidateQueries({ queryKey: ['follow-ups'] });
    },
    // The button that was pressed is gone with what it did, or was off meanwhile.
    onSettled: () => focusIfLost(() => place.current),
  });
  const choose = (chosen: Asked) => {
    run.reset();
    if (chosen.action === undefined && AT_ONCE.includes(chosen.command.name)) run.mutate({ ...chosen, body: {} });
    else setAsked(chosen);
  };
  const offered = COMMANDS.filter((command) => command.offered(followUp));
  const own = isLive(followUp.status) ? actions.map(ofAction) : [];
  const rest = offered.filter(({ name }) => !FIRST.includes(name));
  return (
    <Stack gap="sm">
      <Group gap="xs" role="group" aria-label="Commands" ref={place} tabIndex={-1}>
        {own.map((one) => (
          <Button key={one.action?.id} variant="light" disabled={run.isPending} onClick={() => choose(one)}>
            {one.command.label}
          </Button>
        ))}
        {offered
          .filter(({ name }) => FIRST.includes(name))
          .map((command, index) => (
            <Button
              key={command.name}
              variant={index === 0 ? 'filled' : 'default'}
              leftSection={<Icon name={command.icon} size={16} />}
              loading={run.isPending && run.variables?.command.name === command.name}
              disabled={run.isPending}
              onClick={() => choose({ command })}
            >
              {command.label}
            </Button>
          ))}
        <More commands={rest} busy={run.isPending} choose={choose} />
      </Group>
      <Answered answer={run.data ?? null} error={run.error} />
      {asked !== null && (
        <CommandForm
          key={asked.action?.id ?? asked.command.name}
          command={asked.command}
          busy={run.isPending}
          error={run.error}
          run={(body) => run.mutate({ ...asked, body })}
          close={() => {
            run.reset();
            setAsked(null);
          }}
        />
      )}
    </Stack>
  );
}

function More({
  commands,
  busy,
  choose,
}: {
  readonly commands: readonly OfferedCommand[];
  readonly busy: boolean;
  readonly choose: (one: Asked) => void;
}) {
  return (
    <Menu position="bottom-start" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" disabled={busy} leftSection={<Icon name="dots" size={16} />}>
          More
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {commands.map((command) => (
          <Menu.Item
            key={command.name}
            leftSection={<Icon name={command.icon} size={16} />}
            onClick={() => choose({ command })}
          >
            {command.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Stop means stop, and what had left before is said. */
function Answered({ answer, error }: { readonly answer: CommandAnswer | null; readonly error: Error | null }) {
  if (error !== null) return <ProblemAlert error={error} />;
  if (answer === null) return null;
  const { length } = answer.inFlight;
  return (
    <Alert color="green" variant="light" role="status" p="xs">
      {answer.changed ? 'Done.' : 'It was so already.'}
      {length > 0 && ` ${length} ${length === 1 ? 'message was' : 'messages were'} being handed over at that moment.`}
    </Alert>
  );
}
