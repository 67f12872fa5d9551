// What was not saved and why. Where somebody else was faster, it is said what can be done here, which is not what a program does: what
// one wrote is still there, what there is now is shown beside it, and from then on saving goes over that (use-overtaken.ts).
import { Alert, Button, Paper, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { overtakenBy } from '../overtaken.ts';
import { lazyPart } from './lazy-part.tsx';
import { Pending, ProblemAlert } from './trouble.tsx';
import type { OvertakenState, Said, There } from './use-overtaken.ts';

const Beside = lazyPart(async () => (await import('./beside.tsx')).Beside);

interface Props {
  readonly error: Error | null;
  readonly overtaken: OvertakenState;
  readonly mine: Said;
  /** What there is now; null: nothing any more. */
  readonly look: () => Promise<There | null>;
  /** What was not done. */
  readonly word?: 'Save' | 'Publish';
  /** Of a new one whose id somebody has taken: it does not go over that, and this is what can be done. */
  readonly taken?: string;
}

const DONE = { Save: 'saved', Publish: 'published' } as const;

export function NotSaved({ error, overtaken, mine, look, word = 'Save', taken }: Props) {
  const { by, there } = overtaken;
  const [isShown, setShown] = useState(false);
  const looking = useMutation({
    mutationFn: look,
    onSuccess: (found) => {
      overtaken.saw(found);
      setShown(true);
    },
  });
  const nothing = `Nothing was ${DONE[word]}, and what you wrote is still here`;
  const says = (version: number | null): string => {
    if (taken !== undefined) return `${nothing}. ${taken}`;
    if (version === null) return `${nothing}: somebody has deleted it meanwhile. ${word} it again if that was wrong.`;
    return there === null
      ? `${nothing}. Look at what there is now: from then on yours goes over that.`
      : `Put into yours what it should keep of version ${there.version}. It goes over that version now.`;
  };
  return (
    <>
      {error !== null && overtakenBy(error) === null && <ProblemAlert error={error} />}
      {by !== null && (
        <Alert color="orange" variant="light" role="alert" title={by.what}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{says(by.version)}</Text>
            {looking.error !== null && <ProblemAlert error={looking.error} />}
            {taken === undefined && by.version !== null && (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  if (there !== null) setShown(!isShown);
                  else if (!looking.isPending) looking.mutate();
                }}
              >
                {there !== null && isShown ? 'Hide it' : `See version ${there?.version ?? by.version} beside mine`}
              </Button>
            )}
          </Stack>
        </Alert>
      )}
      {there !== null && isShown && (
        <Paper withBorder p="sm" component="section" aria-label={`Version ${there.version} beside mine`}>
          <Text size="sm" mb="xs">
            Lines on red, without a number, are in version {there.version} alone; those on green are in yours alone.
          </Text>
          <Suspense fallback={<Pending />}>
            <Beside theirs={there.said} mine={mine} version={there.version} />
          </Suspense>
        </Paper>
      )}
    </>
  );
}
