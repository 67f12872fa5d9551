// What was not saved and why. Where somebody else was faster, it is said what can be done here, which is not what a program does: one
// looks at what there is now beside what one wrote, which is still there, or saves it over that.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { overtakenBy } from '../overtaken.ts';
import { ProblemAlert } from './trouble.tsx';

interface Props {
  readonly error: Error | null;
  /** A link to what there is now, in a window of its own; where there is none, it is seen elsewhere on the page. */
  readonly see?: ReactNode;
  /** Over that version; null: there is none any more. Where it is not given, nothing is saved over what there is. */
  readonly save?: (over: number | null) => void;
}

export function NotSaved({ error, see, save }: Props) {
  const overtaken = overtakenBy(error);
  if (overtaken === null) return error === null ? null : <ProblemAlert error={error} />;
  const { what, version } = overtaken;
  return (
    <OvertakenAlert
      what={what}
      says={
        version === null
          ? 'Nothing was saved, and what you wrote is still here: somebody has deleted it meanwhile. Save it again if that was wrong.'
          : 'Nothing was saved, and what you wrote is still here. Look at what there is now and put it into yours; or save yours in its place.'
      }
    >
      {version !== null && see}
      {save !== undefined && (
        <Button size="xs" variant="default" onClick={() => save(version)}>
          Save mine all the same
        </Button>
      )}
    </OvertakenAlert>
  );
}

interface OvertakenProps {
  /** In the server's words. */
  readonly what: string;
  readonly says: string;
  /** What can be done. */
  readonly children: ReactNode;
}

export const OvertakenAlert = ({ what, says, children }: OvertakenProps) => (
  <Alert color="orange" variant="light" role="alert" title={what}>
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{says}</Text>
      <Group gap="xs">{children}</Group>
    </Stack>
  </Alert>
);
