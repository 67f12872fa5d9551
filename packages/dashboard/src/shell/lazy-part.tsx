// A part of a page that is loaded when it is first shown. One that does not load takes nothing else from whoever is at the page: after an
// upgrade an open page asks for scripts that are gone. It says so in its place, and the page is loaded anew when they want it to be.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => ({ default: await load().catch(() => NotLoaded) }));
}

function NotLoaded() {
  return (
    <Alert color="orange" variant="light" title="This part of the page did not load" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          Relance has been upgraded since the page was opened, or cannot be reached just now. Load the page again.
        </Text>
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </Stack>
    </Alert>
  );
}
