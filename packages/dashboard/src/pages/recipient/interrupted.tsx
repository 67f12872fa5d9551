// How often messages interrupted somebody lately, and at which of their hours.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { numbered, outsideText } from '../../figure-text.ts';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { interruptedOfQuery } from './recipient-query.ts';

export function InterruptedLately({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery(interruptedOfQuery(id));
  return (
    <Panel title="Interruptions">
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Pending />}
      {data === null && (
        <Text size="sm" c="dimmed">
          Nothing of the last 30 days interrupted them. An inbox interrupts nobody, and of a digest one message does.
        </Text>
      )}
      {data != null && (
        <Text size="sm">
          {`${numbered(data.interrupted, 'message')} of the follow-ups of the last 30 days interrupted them: ${outsideText(data)}, by their own clock.`}
        </Text>
      )}
    </Panel>
  );
}
