// Signing in again over the page that one is at: what is written on it stays, and what was being sent is sent then. Loaded when it is
// needed, by ended.tsx.
import { Button, Modal, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Session } from '../api.ts';
import { sessionQuery } from '../queries.ts';
import { endAsking } from '../session-again.ts';
import { KeyForm } from './key-form.tsx';

export function SignInAgain({ tenant }: { readonly tenant: string | null }) {
  const queries = useQueryClient();
  const done = (session: Session) => {
    // What stands on the page is another tenant's: everything is read anew.
    if (session.tenant !== tenant) return window.location.assign('/');
    queries.setQueryData(sessionQuery.queryKey, session);
    endAsking('signed in'); // what waited is asked again, and nothing else: it may be read before what is written
  };
  return (
    <Modal
      opened
      lockScroll={false} // it would write styles that the page's own policy refuses
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      overlayProps={{ blur: 8, backgroundOpacity: 0.6 }}
      title="Your session has ended"
      centered
    >
      <KeyForm
        done={done}
        note={
          <Text size="sm">
            Sign in again and go on where you are: what you have written is still there, and what you were about to do
            is done then.
          </Text>
        }
        beside={
          <Button variant="subtle" onClick={() => endAsking('leaving')}>
            Leave
          </Button>
        }
      />
    </Modal>
  );
}
