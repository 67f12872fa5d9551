// How a form ends: with what it does, and with a way out of it that does nothing.
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  /** What it does, on its button. */
  readonly children: ReactNode;
  readonly busy: boolean;
  /** It cannot be sent as it is. */
  readonly disabled?: boolean;
  readonly close: () => void;
}

export function FormEnds({ children, busy, disabled = false, close }: Props) {
  return (
    <Group gap="xs">
      <Button type="submit" loading={busy} disabled={disabled}>
        {children}
      </Button>
      <Button variant="default" onClick={close}>
        Never mind
      </Button>
    </Group>
  );
}
