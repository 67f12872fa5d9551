// The form that exchanges an API key for a session. The key goes to the server once and is kept nowhere in the browser.
import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { RelanceProblem } from '@relance/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type Session, signIn, WrongKey } from '../api.ts';

interface Props {
  readonly done: (session: Session) => void;
  /** Said until something is wrong. */
  readonly note: ReactNode;
  /** Beside the button. */
  readonly beside?: ReactNode;
}

export function KeyForm({ done, note, beside }: Props) {
  const [key, setKey] = useState('');
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => {
      setKey('');
      done(session);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== '') enter.mutate(key.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {enter.error === null ? note : <SignInTrouble error={enter.error} />}
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
        {beside}
      </Stack>
    </form>
  );
}

function SignInTrouble({ error }: { readonly error: Error }) {
  return (
    <Alert color="red" role="alert" title={error.message}>
      {error instanceof WrongKey
        ? 'Look for blanks and missing characters. It may also have been taken back.'
        : error instanceof RelanceProblem
          ? error.next
          : 'Is the server running? Try again.'}
    </Alert>
  );
}
