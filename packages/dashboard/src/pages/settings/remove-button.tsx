// Removing something that others may need: asked again, and what the server refuses is said in its words.
import { Button } from '@mantine/core';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '../../shell/trouble.tsx';

interface Props {
  readonly id: string;
  readonly remove: () => Promise<void>;
  /** What is read again then. */
  readonly again: QueryKey;
}

export function RemoveButton({ id, remove, again }: Props) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const run = useMutation({
    mutationFn: remove,
    onSuccess: () => queries.invalidateQueries({ queryKey: again }),
  });
  if (!asked)
    return (
      <Button size="xs" variant="default" aria-label={`Delete ${id}…`} onClick={() => setAsked(true)}>
        Delete…
      </Button>
    );
  return (
    <>
      <Button size="xs" color="red" aria-label={`Delete ${id}`} onClick={() => run.mutate()} loading={run.isPending}>
        Delete it
      </Button>
      <Button size="xs" variant="default" onClick={() => setAsked(false)}>
        Keep it
      </Button>
      {run.error !== null && <ProblemAlert error={run.error} />}
    </>
  );
}
