// What came of a command for many: how many it changed, which refused and why, and a button that takes it back. Where it was stopped it
// goes on from there.
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import type { CommandName } from '@relance/client';
import { useEffect, useRef } from 'react';
import { PageLink } from '../../shell/page-link.tsx';
import { type Told, undoOf } from './bulk.ts';
import { COMMANDS } from './command.ts';
import type { Done } from './use-bulk.ts';

const REFUSED_SHOWN_MAX = 10;

const labelOf = (name: CommandName): string => COMMANDS.find((one) => one.name === name)?.label ?? name;

interface Props {
  readonly done: Done;
  /** Whether whoever waited for it is led there: the button that they pressed is gone. */
  readonly focus: boolean;
  readonly start: (done: Done) => void;
  readonly close: () => void;
}

export function BulkAnswers({ done, focus, start, close }: Props) {
  const { bulk, told, wasUndo } = done;
  const self = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus && document.activeElement === document.body) self.current?.focus({ preventScroll: true });
  }, [focus]);
  const count = (became: Told['became']): number => told.filter((one) => one.became === became).length;
  const refused = told.filter(({ became }) => became === 'refused');
  const left = bulk.followUps.length - told.length;
  const back = wasUndo ? null : undoOf(bulk.name, told);
  const parts = [
    `${count('changed')} done`,
    ...(count('same') > 0 ? [`${count('same')} were so already`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
    ...(left > 0 ? [`${left} not tried`] : []),
  ];
  return (
    <Alert
      ref={self}
      tabIndex={-1}
      color={refused.length + left > 0 ? 'orange' : 'green'}
      variant="light"
      p="xs"
      role="status"
      title={`${wasUndo ? 'Taken back' : labelOf(bulk.name)}: ${parts.join(', ')}.`}
    >
      <Stack gap="xs">
        {left > 0 && <Text size="sm">It was stopped before its end: what was done stays.</Text>}
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
          {left > 0 && (
            <Button size="xs" variant="default" onClick={() => start(done)}>
              Go on with the rest
            </Button>
          )}
          {back !== null && (
            <Button size="xs" variant="default" onClick={() => start({ bulk: back.bulk, told: [], wasUndo: true })}>
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
