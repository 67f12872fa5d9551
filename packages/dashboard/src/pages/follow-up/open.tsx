// A follow-up opened by hand, for what no system sends an event about. Only a policy and what it is about are needed; what the policy
// needs beside them the server says, and nothing that was typed is lost.
import {
  Breadcrumbs,
  Button,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import type { OpenRequest } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { localToRfc3339 } from '../../local-time.ts';
import { ZONE } from '../../moment.tsx';
import { PersonField } from '../../person-field.tsx';
import { policyChoicesQuery } from '../../queries.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { openRequest, type Typed } from './open-request.ts';

/** `randomUUID` is for pages that came by https alone. */
const randomKey = (): string =>
  `by-hand-${[...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

export function OpenFollowUp() {
  useTitle('Open a follow-up');
  const policies = useQuery(policyChoicesQuery);
  return (
    <Stack gap="md" maw={760}>
      <Breadcrumbs>
        <PageLink to="/follow-ups" size="sm">
          Follow-ups
        </PageLink>
        <Text size="sm" c="dimmed">
          Open one
        </Text>
      </Breadcrumbs>
      <Title order={1}>Open a follow-up</Title>
      {policies.error !== null && <ProblemAlert error={policies.error} again={() => void policies.refetch()} />}
      {policies.data === undefined
        ? policies.error === null && <Pending />
        : chosenFrom(policies.data.items.map(({ id, title }) => ({ value: String(id), label: String(title) })))}
    </Stack>
  );
}

const chosenFrom = (policies: readonly { readonly value: string; readonly label: string }[]) =>
  policies.length === 0 ? (
    <Text c="dimmed">
      There is no policy yet, and a policy says what happens until somebody has acted.{' '}
      <PageLink to="/">The overview</PageLink> offers a first one.
    </Text>
  ) : (
    <OpenForm policies={policies} />
  );

function OpenForm({ policies }: { readonly policies: readonly { readonly value: string; readonly label: string }[] }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState<Typed>({ ...NOTHING, policy: policies[0]?.value ?? '', key: randomKey() });
  const [wrong, setWrong] = useState<string | null>(null);
  const open = useMutation({
    mutationFn: (request: OpenRequest) => api.followUps.open(request),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['follow-ups'] });
      await navigate({ to: '/follow-ups/$id', params: { id } });
    },
  });
  const set = (name: keyof Typed) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  const field = (name: keyof Typed) => ({
    value: typed[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => set(name)(event.currentTarget.value),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { request, error } = openRequest(typed, localToRfc3339);
    setWrong(error);
    if (request !== null) open.mutate(request);
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Stack gap="sm">
        <NativeSelect
          label="Policy"
          description="What happens until somebody has acted."
          maw={420}
          required
          data={[...policies]}
          {...field('policy')}
        />
        <TextInput label="What it is about" required maxLength={500} placeholder="Pay invoice 7" {...field('title')} />
        <PersonField label="Who should act" required={false} value={typed.assignee} change={set('assignee')} />
        <PersonField label="Who asks for it" required={false} value={typed.requester} change={set('requester')} />
        <TextInput label="Due" type="datetime-local" description={`In ${ZONE}.`} maw={320} {...field('due')} />
        <TextInput label="Link" type="url" placeholder="https://…" maxLength={2_048} {...field('url')} />
        <details>
          <summary>Key and data</summary>
          <Stack gap="sm" mt="sm">
            <TextInput
              label="Key"
              description="Opening again with the same key finds this one instead of opening a second."
              required
              maxLength={512}
              {...field('key')}
            />
            <Textarea
              label="Data (JSON)"
              description="What templates and conditions of the policy read as `data`."
              placeholder={'{"amount": 120}'}
              autosize
              minRows={2}
              maxRows={12}
              error={wrong}
              {...field('data')}
            />
          </Stack>
        </details>
        {open.error !== null && <ProblemAlert error={open.error} />}
        <Group>
          <Button type="submit" loading={open.isPending}>
            Open it
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

const NOTHING: Typed = { policy: '', key: '', title: '', assignee: '', requester: '', due: '', url: '', data: '' };
