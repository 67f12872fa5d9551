// The page for signing in, for whoever is not; whose session ends while they look signs in where they are (shell/sign-in-again.tsx).
import { Anchor, Container, Paper, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { Session } from '../api.ts';
import { sessionQuery } from '../queries.ts';
import { Brand } from '../shell/brand.tsx';
import { KeyForm } from '../shell/key-form.tsx';
import { useTitle } from '../shell/title.ts';

const route = getRouteApi('/sign-in');

export function SignIn() {
  const { to } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  useTitle('Sign in');
  const done = (session: Session) => {
    queries.clear(); // nothing of whoever was signed in before
    queries.setQueryData(sessionQuery.queryKey, session);
    router.history.push(to ?? '/');
  };
  return (
    <Container size={420} py={{ base: 'xl', sm: 96 }} component="main">
      <Brand />
      <Paper withBorder p="lg" mt="lg">
        <Title order={1} mb="md">
          Sign in
        </Title>
        <KeyForm
          done={done}
          note={
            to !== undefined &&
            to !== '/' && (
              <Text size="sm" c="dimmed">
                You are not signed in. You come back to where you were.
              </Text>
            )
          }
          beside={
            <Text size="sm" c="dimmed">
              The first key is shown once when the server starts, and kept in its data directory (<code>keys.json</code>
              ). More are made under Settings by whoever is signed in with it; programs make them as{' '}
              <Anchor href="/docs">the reference</Anchor> says.
            </Text>
          }
        />
      </Paper>
    </Container>
  );
}
