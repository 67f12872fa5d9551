// What is shown in the place of a page: that there is none, that it failed and what to do, or that it is on its way.
import { Alert, Button, Container, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { RelanceProblem } from '@relance/client';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { PageNotLoaded, serverAnswers } from '../page-loading.ts';
import { PageLink } from './page-link.tsx';

export function Missing() {
  return (
    <Container size="sm" py="xl" component="main">
      <Title order={1}>There is nothing here</Title>
      <Text mt="sm">The address is not one of the dashboard.</Text>
      <PageLink to="/" mt="md" display="inline-block">
        To the overview
      </PageLink>
    </Container>
  );
}

/** A problem of the server in its own words, with its next step. */
export function ProblemAlert({ error, again }: { readonly error: Error; readonly again?: () => void }) {
  const next = error instanceof RelanceProblem ? error.next : 'Try again; if it goes on, look at the server’s log.';
  return (
    <Alert color="red" variant="light" title={error.message} role="alert">
      <Stack gap="xs">
        <Text size="sm">{next}</Text>
        {again !== undefined && (
          <Group>
            <Button size="xs" variant="default" onClick={again}>
              Try again
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** In the frame around every page, which has the one `main` of them. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return error instanceof PageNotLoaded ? (
    <NotLoaded error={error} />
  ) : (
    <Container size="sm" py="xl">
      <Title order={1} mb="md">
        This page failed
      </Title>
      <ProblemAlert
        error={error as Error}
        again={() => {
          reset();
          void router.invalidate();
        }}
      />
    </Container>
  );
}

/** Where there is no frame around it. */
export const BrokenAlone = (props: ErrorComponentProps) => (
  <main>
    <Broken {...props} />
  </main>
);

const TRIED_EVERY_MS = 5_000;

/**
 * What did not load once is not asked for again by this page: it is loaded anew, once there is a server that it can come from. That is
 * asked for by itself as well, while somebody looks.
 */
function NotLoaded({ error }: { readonly error: PageNotLoaded }) {
  const [tried, setTried] = useState<'now' | 'in vain' | null>(null);
  const here = useRef(true); // whoever has gone to another page meanwhile is left alone there
  const asked = useRef(false);
  const loadAnew = useCallback(async (): Promise<void> => {
    if (asked.current) return;
    asked.current = true;
    const answers = await serverAnswers();
    asked.current = false;
    if (!here.current) return;
    if (answers) window.location.reload();
    else setTried((before) => (before === 'now' ? 'in vain' : before));
  }, []);
  useEffect(() => {
    here.current = true;
    const timer = setInterval(() => void (document.hidden || loadAnew()), TRIED_EVERY_MS);
    return () => {
      here.current = false;
      clearInterval(timer);
    };
  }, [loadAnew]);
  const again = () => {
    setTried('now');
    void loadAnew();
  };
  return (
    <Container size="sm" py="xl">
      <Title order={1} mb="md">
        The server cannot be reached
      </Title>
      <Alert color="orange" variant="light" title={error.message} role="alert">
        <Stack gap="xs" align="flex-start">
          <Text size="sm">
            {tried === 'in vain'
              ? 'It still does not answer.'
              : 'This page loads by itself once it answers. Pages that were open before can still be looked at; what they show may be old.'}
          </Text>
          <Button size="xs" variant="default" loading={tried === 'now'} onClick={again}>
            Try again
          </Button>
        </Stack>
      </Alert>
    </Container>
  );
}

export function Pending() {
  return (
    <Group justify="center" py="xl" role="status" aria-label="Loading">
      <Loader size="sm" />
    </Group>
  );
}
