// People from a CSV file: the page around the import, which says what is done with whom.
import { Breadcrumbs, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { ImportPage } from '../import/import-page.tsx';
import { PEOPLE } from './import-people.ts';
import { readPeopleAgain } from './recipient-query.ts';

export function ImportPeople() {
  useTitle('Import people');
  const queries = useQueryClient();
  return (
    <Stack gap="md" maw={1100}>
      <Breadcrumbs>
        <PageLink to="/people" size="sm">
          People
        </PageLink>
        <Text size="sm" c="dimmed">
          Import
        </Text>
      </Breadcrumbs>
      <div>
        <Title order={1}>Import people</Title>
        <Text c="dimmed" maw={720} mt="sm">
          A CSV file whose first line names its columns. Whoever is known is completed: what a cell leaves empty stays
          as it is. Before anything is written you see what each row would do.
        </Text>
      </div>
      <ImportPage kind={PEOPLE} imported={() => void readPeopleAgain(queries)} />
    </Stack>
  );
}
