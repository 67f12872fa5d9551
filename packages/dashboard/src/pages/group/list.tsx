// Groups: named sets of people that a policy speaks to at once, or one after the other. One is added here and filled on its own page.

import { Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Group as RelanceGroup } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { People } from '../../people.tsx';
import { fieldProblems } from '../../shell/field-problem.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { Icon } from '../../shell/icon.tsx';
import { NotAll } from '../../shell/not-all.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { groupsQuery, readGroupsAgain } from './group-query.ts';
import './group.css';

const NAMED = 4;

export function Groups() {
  useTitle('Groups');
  const { data, error, refetch } = useQuery(groupsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between">
        <Title order={1}>Groups</Title>
        {!adding && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
            Add a group
          </Button>
        )}
      </Group>
      {adding && <AddGroup close={() => setAdding(false)} />}
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Pending />}
      {data !== undefined && <NotAll of={data} />}
      {data?.items.length === 0 && !adding && (
        <Stack align="flex-start" gap="xs" py="xl">
          <Title order={2}>There is no group yet</Title>
          <Text c="dimmed" maw={600}>
            A group is a named set of people in an order. A policy tells all of them with <code>group(finance)</code>,
            or picks one of them with <code>group(finance, round-robin)</code>.
          </Text>
        </Stack>
      )}
      <Stack gap={6} component="ul" className="plain-rows" aria-label="Groups">
        {(data?.items ?? []).map((one) => (
          <li key={one.id}>
            <Row group={one} />
          </li>
        ))}
      </Stack>
    </Stack>
  );
}

function Row({ group: { id, name, members } }: { readonly group: RelanceGroup }) {
  const more = members.length - NAMED;
  return (
    <Link className="row group-row" to="/groups/$id" params={{ id }}>
      <span className="row-what">
        <strong>{name ?? id}</strong>
        <small>{id}</small>
      </span>
      <span className="row-standing">{members.length === 0 && <Word color="orange">Nobody in it</Word>}</span>
      <span className="row-cell">
        <small>{members.length === 1 ? '1 member' : `${members.length} members`}</small>
        <span>
          <People ids={members.slice(0, NAMED)} />
          {more > 0 && ` and ${more} more`}
        </span>
      </span>
    </Link>
  );
}

function AddGroup({ close }: { readonly close: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState({ id: '', name: '' });
  const taken = useQuery(groupsQuery).data?.items.some(({ id }) => id === typed.id.trim()) ?? false;
  const add = useMutation({
    mutationFn: () =>
      api.groups.put(
        typed.id.trim(),
        { members: [], ...(typed.name.trim() === '' ? {} : { name: typed.name.trim() }) },
        { over: null }, // the first of them were listed, and others may have been made since
      ),
    onSuccess: async ({ id }) => {
      await readGroupsAgain(queries);
      await navigate({ to: '/groups/$id', params: { id } });
    },
  });
  const problems = fieldProblems(add.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!taken) add.mutate();
  };
  return (
    <Paper withBorder p="md" component="form" aria-label="Add a group" onSubmit={submit}>
      <Stack gap="sm">
        {add.error !== null && <ProblemAlert error={add.error} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label="Id"
            description="As policies name it."
            placeholder="finance"
            required
            autoFocus
            value={typed.id}
            error={taken ? 'There is one with this id already' : (problems.get('id') ?? null)}
            onChange={(event) => setTyped({ ...typed, id: event.currentTarget.value })}
          />
          <TextInput
            label="Name"
            description="As people call it."
            placeholder="Finance"
            value={typed.name}
            error={problems.get('name') ?? null}
            onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
          />
        </SimpleGrid>
        <FormEnds busy={add.isPending} disabled={taken} close={close}>
          Add
        </FormEnds>
      </Stack>
    </Paper>
  );
}
