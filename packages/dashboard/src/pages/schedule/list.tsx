// Schedules: who is on call now by each, and whether the next two weeks have a hole. One is added here with its zone; its layers are
// written on its own page.

import { Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Schedule } from '@relance/client';
import { gapsBetween, instant, onCallAt } from '@relance/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { useNow, ZONE } from '../../moment.tsx';
import { People } from '../../people.tsx';
import { fieldProblems } from '../../shell/field-problem.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { Icon } from '../../shell/icon.tsx';
import { NotAll } from '../../shell/not-all.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { readSchedulesAgain, schedulesQuery } from './schedule-query.ts';
import { readSchedule } from './span.ts';
import { zonedText } from './zoned.ts';
import './calendar.css';

const WATCHED_MS = 14 * 86_400_000;

export function Schedules() {
  useTitle('Schedules');
  const { data, error, refetch } = useQuery(schedulesQuery);
  const [adding, setAdding] = useState(false);
  const now = useNow();
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between">
        <Title order={1}>Schedules</Title>
        {!adding && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
            Add a schedule
          </Button>
        )}
      </Group>
      {adding && <AddSchedule close={() => setAdding(false)} />}
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Pending />}
      {data !== undefined && <NotAll of={data} />}
      {data?.items.length === 0 && !adding && (
        <Stack align="flex-start" gap="xs" py="xl">
          <Title order={2}>Nobody is on call yet</Title>
          <Text c="dimmed" maw={600}>
            A schedule says who is on call when: people who take turns by the week, the day or the hour, in layers, with
            exceptions. A policy asks it with <code>onCall(primary)</code>, at the moment when a stage runs.
          </Text>
        </Stack>
      )}
      <Stack gap={6} component="ul" className="plain-rows" aria-label="Schedules">
        {(data?.items ?? []).map((one) => (
          <li key={one.id}>
            <Row schedule={one} now={now === undefined ? null : Date.parse(now)} />
          </li>
        ))}
      </Stack>
    </Stack>
  );
}

function Row({ schedule, now }: { readonly schedule: Schedule; readonly now: number | null }) {
  const { id, name, timeZone } = schedule;
  const read = readSchedule(schedule);
  const compiled = read.ok ? read.compiled : null;
  const at = now === null || compiled === null ? null : onCallAt(compiled, instant(now));
  const [gap] =
    now === null || compiled === null ? [] : gapsBetween(compiled, instant(now), instant(now + WATCHED_MS), 1, 1);
  return (
    <Link className="row schedule-row" to="/schedules/$id" params={{ id }}>
      <span className="row-what">
        <strong>{name ?? id}</strong>
        <small>
          {id} · {timeZone}
        </small>
      </span>
      <span className="row-cell">
        <small>On call now</small>
        <span>{at === null ? '–' : at.recipients.length === 0 ? 'nobody' : <People ids={at.recipients} />}</span>
      </span>
      <span className="row-cell">
        <small>Until</small>
        <span>{at?.until == null ? '–' : zonedText(at.until, timeZone)}</span>
      </span>
      <span className="row-standing">
        {gap !== undefined && <Word color="orange">{`Gap ${zonedText(gap.from, timeZone)}`}</Word>}
      </span>
    </Link>
  );
}

function AddSchedule({ close }: { readonly close: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState({ id: '', name: '', timeZone: ZONE });
  const taken = useQuery(schedulesQuery).data?.items.some(({ id }) => id === typed.id.trim()) ?? false;
  const add = useMutation({
    mutationFn: () =>
      api.schedules.put(
        typed.id.trim(),
        {
          timeZone: typed.timeZone.trim(),
          ...(typed.name.trim() === '' ? {} : { name: typed.name.trim() }),
        },
        { over: null },
      ),
    onSuccess: async ({ id }) => {
      await readSchedulesAgain(queries);
      await navigate({ to: '/schedules/$id', params: { id } });
    },
  });
  const problems = fieldProblems(add.error);
  const field = (name: keyof typeof typed) => ({
    value: typed[name],
    error: problems.get(name) ?? null,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!taken) add.mutate();
  };
  return (
    <Paper withBorder p="md" component="form" aria-label="Add a schedule" onSubmit={submit}>
      <Stack gap="sm">
        {add.error !== null && <ProblemAlert error={add.error} />}
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <TextInput
            label="Id"
            description="As policies name it."
            placeholder="primary"
            required
            autoFocus
            {...field('id')}
            error={taken ? 'There is one with this id already' : (problems.get('id') ?? null)}
          />
          <TextInput label="Name" description="As people call it." placeholder="Primary" {...field('name')} />
          <TextInput
            label="Time zone"
            description="Its clocks are what hand-overs keep."
            required
            {...field('timeZone')}
          />
        </SimpleGrid>
        <FormEnds busy={add.isPending} disabled={taken} close={close}>
          Add
        </FormEnds>
      </Stack>
    </Paper>
  );
}
