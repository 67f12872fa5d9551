// Settings: keys, branding and what else relance.yaml says, calendars, categories. What the HTTP interface changes is changed here; what
// only relance.yaml sets is shown, with where.
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
        <Tenant />
      </SimpleGrid>
    </Stack>
  );
}
