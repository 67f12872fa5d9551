// Signing in: an API key is exchanged for a session. It goes to the server once and is kept nowhere in the browser.
import { Alert, Anchor, Button, Container, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { RelanceProblem } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { signIn } from '../api.ts';
import { sessionQuery } from '../queries.ts';
import { Brand } from '../shell/brand.tsx';

const route = getRouteApi('/sign-in');

export function SignIn() {
  const { to } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [key, setKey] = useState('');
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => {
      setKey('');
      queries.clear(); // nothing of whoever was signed in before
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.push(to ?? '/');
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Relance';
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== '') enter.mutate(key.trim());
  };
  return (
    <Container size={420} py={{ base: 'xl', sm: 96 }} component="main">
      <Brand />
      <Paper withBorder p="lg" mt="lg" component="form" onSubmit={submit}>
        <Stack>
          <Title order={1}>Sign in</Title>
          {to !== undefined && to !== '/' && !enter.isError && (
            <Text size="sm" c="dimmed">
              You are not signed in, or your session has ended. You come back to where you were.
            </Text>
          )}
          {enter.error !== null && <SignInTrouble error={enter.error} />}
          <PasswordInput
            label="API key"
            description="Exchanged for a session of twelve hours; it is not kept in this browser."
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            autoFocus
            required
          />
          <Button type="submit" loading={enter.isPending} disabled={key.trim() === ''}>
            Sign in
          </Button>
          <Text size="sm" c="dimmed">
            The first key is shown once when the server starts, and kept in its data directory (<code>keys.json</code>).
            More are made with <code>POST /v1/keys</code>; see <Anchor href="/docs">the reference</Anchor>.
          </Text>
        </Stack>
      </Paper>
    </Container>
  );
}

function SignInTrouble({ error }: { readonly error: Error }) {
  const wrong = error instanceof RelanceProblem && error.status === 401;
  return (
    <Alert color="red" role="alert" title={wrong ? 'That key is not valid' : error.message}>
      {wrong
        ? 'Look for blanks and missing characters. It may also have been taken back.'
        : error instanceof RelanceProblem
          ? error.next
          : 'Is the server running? Try again.'}
    </Alert>
  );
}
