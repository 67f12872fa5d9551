// What is shown in the place of a page: that there is none, that it failed and what to do, or that it is on its way.
import { Alert, Button, Container, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { RelanceProblem } from '@relance/client';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
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

export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Container size="sm" py="xl" component="main">
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

export function Pending() {
  return (
    <Group justify="center" py="xl" role="status" aria-label="Loading">
      <Loader size="sm" />
    </Group>
  );
}
