// A button to be rid of what a page shows: it asks once more, saying what stays, and what the server refuses is said in its words.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from './trouble.tsx';

interface Props {
  readonly label: string;
  /** What it means, before it is done. */
  readonly says: string;
  readonly remove: () => Promise<void>;
  /** It is gone: leads elsewhere. */
  readonly gone: () => Promise<void>;
}

export function DeleteForGood({ label, says, remove, gone }: Props) {
  const [asked, setAsked] = useState(false);
  const run = useMutation({ mutationFn: remove, onSuccess: gone });
  return (
    <Stack gap="xs" align="flex-start">
      {run.error !== null && <ProblemAlert error={run.error} />}
      {asked && <Text size="sm">{says}</Text>}
      <Group gap="xs">
        {asked ? (
          <>
            <Button size="xs" variant="default" loading={run.isPending} onClick={() => run.mutate()}>
              Delete it for good
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsked(false)}>
              Keep it
            </Button>
          </>
        ) : (
          <Button size="xs" variant="default" onClick={() => setAsked(true)}>
            {label}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
