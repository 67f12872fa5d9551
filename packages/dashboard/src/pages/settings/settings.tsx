// Settings: keys, branding, calendars, categories; and what relance.yaml says of the tenant, which is shown with where it is set.
import { SimpleGrid, Stack, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTitle } from '../../shell/title.ts';
import { Calendars } from './calendars.tsx';
import { Categories } from './categories.tsx';
import { Keys } from './keys.tsx';
import './settings.css';
import { Tenant } from './tenant.tsx';

const inside = getRouteApi('/inside');

export function Settings() {
  useTitle('Settings');
  const { session } = inside.useRouteContext();
  return (
    <Stack gap="md" maw={1400}>
      <Title order={1}>Settings</Title>
      <Keys admin={session.admin} tenant={session.tenant} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Calendars />
        <Categories />
        <Tenant admin={session.admin} />
      </SimpleGrid>
    </Stack>
  );
}
