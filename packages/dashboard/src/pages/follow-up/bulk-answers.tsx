// What came of a command for many: how many it changed, which refused and why, and a button that takes it back. Where it was stopped, or
// the server was lost, it goes on from there; what was refused is tried again.
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import type { CommandName } from '@relance/client';
import { useEffect, useRef } from 'react';
import { numbered } from '../../figure-text.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { type Told, undoOf } from './bulk.ts';
import { COMMANDS } from './command.ts';
import type { Begun, Done } from './use-bulk.ts';

const REFUSED_SHOWN_MAX = 10;

const labelOf = (name: CommandName): string => COMMANDS.find((one) => one.name === name)?.label ?? name;

interface Props {
  readonly done: Done;
  /** Whether whoever waited for it is led there: the button that they pressed is gone. */
  readonly focus: boolean;
  readonly start: (begun: Begun) => void;
  readonly close: () => void;
}

export function BulkAnswers({ done, focus, start, close }: Props) {
  const { bulk, told, lost, wasUndo } = done;
  const self = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus && document.activeElement === document.body) self.current?.focus({ preventScroll: true });
  }, [focus]);
  const count = (became: Told['became']): number => told.filter((one) => one.became === became).length;
  const refused = told.filter(({ became }) => became === 'refused');
  const unknown = count('unknown');
  const left = bulk.followUps.length - told.length;
  const back = wasUndo ? null : undoOf(bulk.name, told);
  const parts = [
    `${count('changed')} done`,
    ...(count('same') > 0 ? [numbered(count('same'), 'was so already', 'were so already')] : []),
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(left > 0 ? [`${left} not tried`] : []),
  ];
  const goOn = (stands: readonly Told[]) => start({ bulk, told: stands, wasUndo });
  return (
    <Alert
      ref={self}
      tabIndex={-1}
      color={refused.length + unknown + left > 0 ? 'orange' : 'green'}
      variant="light"
      p="xs"
      role="status"
      title={`${wasUndo ? 'Taken back' : labelOf(bulk.name)}: ${parts.join(', ')}.`}
    >
      <Stack gap="xs">
        <Ended lost={lost} unknown={unknown} left={left} />
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
          {left + unknown > 0 && (
            <Button size="xs" variant="default" onClick={() => goOn(told)}>
              Go on with the rest
            </Button>
          )}
          {refused.length > 0 && left + unknown === 0 && (
            <Button size="xs" variant="default" onClick={() => goOn(told.filter((one) => !refused.includes(one)))}>
              Try the refused again
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

interface EndedProps {
  readonly lost: string | null;
  readonly unknown: number;
  readonly left: number;
}

/** That it did not come to its end, and what that means. */
function Ended({ lost, unknown, left }: EndedProps) {
  if (lost !== null)
    return (
      <Text size="sm">
        {lost} It ended there, and what was done stays.
        {unknown > 0 && ` Of ${unknown} the answer never came: ${unknown === 1 ? 'it' : 'they'} may have been done.`}
      </Text>
    );
  return left > 0 ? <Text size="sm">It was stopped before its end: what was done stays.</Text> : null;
}
