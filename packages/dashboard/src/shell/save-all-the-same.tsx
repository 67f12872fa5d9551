// Offered where somebody else was faster: what one wrote is still there, and may be saved over what they wrote.
import { Button, Group, Text } from '@mantine/core';
import { overtakenBy } from '../overtaken.ts';

interface Props {
  readonly error: unknown;
  /** Over that version; null: there is none any more. */
  readonly save: (over: number | null) => void;
}

export function SaveAllTheSame({ error, save }: Props) {
  const overtaken = overtakenBy(error);
  if (overtaken === null) return null;
  return (
    <Group gap="xs">
      <Text size="sm">Nothing was saved, and what you wrote is still here.</Text>
      <Button size="xs" variant="default" onClick={() => save(overtaken.version)}>
        Save mine all the same
      </Button>
    </Group>
  );
}
