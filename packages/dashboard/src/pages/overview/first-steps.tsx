// From nothing to the first follow-up, in three steps that tick themselves off: somebody who can be told, a policy, a follow-up. The
// policy that is offered is one of the smallest there are; whoever has their own takes `relance apply` instead.
import { Anchor, Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Overview } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { api } from '../../api.ts';
import { policiesQuery } from '../../queries.ts';
import { Icon } from '../../shell/icon.tsx';
import { focusIfLost } from '../../shell/lost-focus.ts';
import { Panel } from '../../shell/panel.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';

/** Told at once, reminded after a day and after three; it can be opened by hand and by an event. */
const FIRST_POLICY = `policy: first-steps
title: First steps
description: Somebody is asked to do something, and reminded until they have.
open: { on: com.example.task.assigned }
resolve: { on: com.example.task.done, outcome: done }
key: event.data.id
subject: { type: task, id: event.data.id, title: event.data.title }
assignee: event.data.assignee
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email, inbox] } }
  - { id: last-reminder, at: opened + 3 days, role: final, urgency: high, notify: { via: [email, inbox] } }
`;

export function FirstSteps({ seen }: { readonly seen: Overview }) {
  const { open, acknowledged } = seen.followUps;
  const any = useQuery({
    queryKey: ['follow-ups', 'any'],
    queryFn: async () => (await api.followUps.list({ limit: 1 })).items.length > 0,
  });
  const steps = useRef<HTMLOListElement>(null);
  const done = Number(seen.recipients) + Number(seen.policies > 0);
  const before = useRef(done);
  useEffect(() => {
    // What was pressed is gone with its step.
    if (done > before.current) focusIfLost(() => steps.current?.querySelector<HTMLElement>('[data-next]') ?? null);
    before.current = done;
  }, [done]);
  if (open + acknowledged > 0 || any.data !== false) return null;
  return (
    <Panel title="Your first follow-up">
      <ol className="steps" ref={steps}>
        <Step done={seen.recipients} title="Somebody who can be told">
          <AddPerson />
        </Step>
        <Step done={seen.policies > 0} title="A policy: who is asked, and what happens until they act">
          <AddPolicy />
        </Step>
        <Step done={false} title="A follow-up">
          <Begin ready={seen.recipients && seen.policies > 0} />
        </Step>
      </ol>
    </Panel>
  );
}

function Step({
  done,
  title,
  children,
}: {
  readonly done: boolean;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <li>
      <Group gap="xs">
        <Text fw={600} size="sm" {...(done ? {} : { 'data-next': true, tabIndex: -1 })}>
          {title}
        </Text>
        {done && (
          <Text size="sm" c="dimmed" component="span">
            <Icon name="check" size={14} /> done
          </Text>
        )}
      </Group>
      {!done && children}
    </li>
  );
}

const useAgain = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries();
};

function AddPerson() {
  const again = useAgain();
  const [typed, setTyped] = useState({ id: '', name: '', email: '' });
  const add = useMutation({
    mutationFn: () => api.recipients.put(typed.id.trim(), { name: typed.name.trim(), email: typed.email.trim() }),
    onSuccess: again,
  });
  const field = (name: keyof typeof typed) => ({
    value: typed[name],
    required: true,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Stack gap="xs" component="form" onSubmit={submit} mt="xs">
      {add.error !== null && <ProblemAlert error={add.error} />}
      <Group align="flex-end" gap="xs">
        <TextInput label="Id" placeholder="ana" {...field('id')} />
        <TextInput label="Name" placeholder="Ana Ruiz" {...field('name')} />
        <TextInput label="Email" type="email" placeholder="ana@example.com" {...field('email')} />
        <Button type="submit" loading={add.isPending}>
          Add
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        Without a mail server of your own nothing leaves: every message is captured in the{' '}
        <Anchor href="/mailbox">mailbox</Anchor>.
      </Text>
    </Stack>
  );
}

function AddPolicy() {
  const again = useAgain();
  const publish = useMutation({ mutationFn: () => api.policies.put('first-steps', FIRST_POLICY), onSuccess: again });
  return (
    <Stack gap="xs" mt="xs" align="flex-start">
      {publish.error !== null && <ProblemAlert error={publish.error} />}
      <Code block tabIndex={0} maw="100%">
        {FIRST_POLICY}
      </Code>
      <Button onClick={() => publish.mutate()} loading={publish.isPending}>
        Publish this one
      </Button>
      <Text size="sm" c="dimmed">
        Or write your own: <code>relance init</code> makes a folder with one, <code>relance apply</code> publishes it.
      </Text>
    </Stack>
  );
}

function Begin({ ready }: { readonly ready: boolean }) {
  const navigate = useNavigate();
  const again = useAgain();
  const [title, setTitle] = useState('Write the report');
  const people = useQuery({
    queryKey: ['recipients', 'first'],
    queryFn: () => api.recipients.list({ limit: 1 }),
    enabled: ready,
  });
  const policies = useQuery({ ...policiesQuery, enabled: ready });
  const [person, policy] = [people.data?.items[0], policies.data?.items[0]];
  const open = useMutation({
    mutationFn: () =>
      api.followUps.open({
        policy: String(policy?.id),
        key: `first-${Math.random().toString(36).slice(2, 8)}`,
        assignee: person?.id ?? '',
        subject: { title },
      }),
    onSuccess: async ({ id }) => {
      await again();
      await navigate({ to: '/follow-ups/$id', params: { id } });
    },
  });
  if (!ready) return null;
  return (
    <Stack gap="xs" mt="xs">
      {open.error !== null && <ProblemAlert error={open.error} />}
      <Group align="flex-end" gap="xs">
        <TextInput
          label={`What ${person?.name ?? 'they'} should do`}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          w={320}
        />
        <Button
          onClick={() => open.mutate()}
          loading={open.isPending}
          disabled={person === undefined || policy === undefined || title.trim() === ''}
        >
          Open it
        </Button>
      </Group>
    </Stack>
  );
}
