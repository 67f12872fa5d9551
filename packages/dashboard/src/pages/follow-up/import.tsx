// Follow-ups of one policy from a CSV file.
import { Breadcrumbs, NativeSelect, Stack, Text, Title } from '@mantine/core';
import type { ListedPolicy } from '@relance/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { policiesQuery } from '../../queries.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { ImportPage } from '../import/import-page.tsx';
import { followUpsOf } from './import-follow-ups.ts';

export function ImportFollowUps() {
  useTitle('Import follow-ups');
  const { data, error, refetch } = useQuery(policiesQuery);
  const [policy, setPolicy] = useState('');
  const [busy, setBusy] = useState(false);
  const policies = (data?.items ?? []).map(({ id, title }) => ({ value: id, label: `${title} (${id})` }));
  const chosen = data?.items.find(({ id }) => id === policy);
  return (
    <Stack gap="md" maw={1100}>
      <Breadcrumbs>
        <PageLink to="/follow-ups" size="sm">
          Follow-ups
        </PageLink>
        <Text size="sm" c="dimmed">
          Import
        </Text>
      </Breadcrumbs>
      <div>
        <Title order={1}>Import follow-ups</Title>
        <Text c="dimmed" maw={720} mt="sm">
          A CSV file whose first line names its columns: each row opens a follow-up of one policy. Its key is the one
          that the policy makes of the row’s data, as of an event, unless a column holds keys. One that is live under
          that key is fed, not opened twice. A date means until its end, as the policy’s calendar has it, else 17:00 in
          the tenant’s zone. Before anything is written you see what each row would do.
        </Text>
      </div>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Pending />}
      {data !== undefined && policies.length === 0 && (
        <Text>
          There is no policy yet: one says who is asked and what happens until they act.{' '}
          <PageLink to="/new-policy">Make one first</PageLink>.
        </Text>
      )}
      {policies.length > 0 && (
        <NativeSelect
          label="Policy"
          maw={420}
          value={policy}
          disabled={busy}
          onChange={(event) => setPolicy(event.currentTarget.value)}
          data={[{ value: '', label: 'Choose' }, ...policies]}
        />
      )}
      {chosen !== undefined && <OfPolicy key={policy} policy={chosen} busy={setBusy} />}
    </Stack>
  );
}

interface OfPolicyProps {
  readonly policy: ListedPolicy;
  readonly busy: (busy: boolean) => void;
}

function OfPolicy({ policy, busy }: OfPolicyProps) {
  const queries = useQueryClient();
  const kind = useMemo(() => followUpsOf(policy), [policy]);
  return (
    <ImportPage
      kind={kind}
      busy={busy}
      imported={() =>
        void Promise.all(['follow-ups', 'overview'].map((key) => queries.invalidateQueries({ queryKey: [key] })))
      }
    />
  );
}
