// One person: who they are, whether and how they are reached, what they chose, what they are asked, what was sent to them and why
// something was not, what they did elsewhere; and what the law gives them: everything that is known of them, and to be forgotten.
import { Breadcrumbs, Button, Grid, Group, Stack, Text, Title } from '@mantine/core';
import type { Recipient } from '@relance/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useNow } from '../../moment.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { ActivityPanel } from './activity.tsx';
import { Asked } from './asked.tsx';
import { Choices } from './choices.tsx';
import { InterruptedLately } from './interrupted.tsx';
import { MessagesPanel } from './messages.tsx';
import { type BegunErasure, Erased, Privacy } from './privacy.tsx';
import { Profile } from './profile.tsx';
import { addressesOf, awayNow } from './reach.ts';
import { Reached } from './reached.tsx';
import { RecipientForm } from './recipient-form.tsx';
import { recipientQuery } from './recipient-query.ts';
import './recipient.css';

const route = getRouteApi('/inside/people/$id');

export function PersonPage() {
  const { id } = route.useParams();
  return <OnePerson key={id} id={id} />;
}

function OnePerson({ id }: { readonly id: string }) {
  const [erased, setErased] = useState<BegunErasure | null>(null);
  const one = useQuery({ ...recipientQuery(id), enabled: erased === null });
  const queries = useQueryClient();
  useTitle(one.data?.name ?? id);
  if (erased !== null)
    return (
      <Stack gap="md" maw={720}>
        <Title order={1}>{id}</Title>
        <Erased begun={erased} />
      </Stack>
    );
  if (one.data === undefined)
    return one.error === null ? <Pending /> : <ProblemAlert error={one.error} again={() => void one.refetch()} />;
  return (
    <Told
      recipient={one.data}
      erased={(begun) => {
        setErased(begun);
        queries.removeQueries({ queryKey: ['recipients'] });
      }}
    />
  );
}

interface Props {
  readonly recipient: Recipient;
  readonly erased: (begun: BegunErasure) => void;
}

function Told({ recipient, erased }: Props) {
  const { id, name } = recipient;
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const away = now !== undefined && awayNow(recipient, now) !== null;
  return (
    <Stack gap="md" maw={1400}>
      <Breadcrumbs>
        <PageLink to="/people" size="sm">
          People
        </PageLink>
        <Text size="sm" c="dimmed" truncate>
          {id}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1}>{name ?? id}</Title>
          <Group gap={6} mt={6}>
            {away && <Word color="orange">Away</Word>}
            {addressesOf(recipient).length === 0 && <Word color="gray">Inbox only</Word>}
          </Group>
        </div>
        {!editing && (
          <Button variant="default" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )}
      </Group>
      {editing && <RecipientForm known={recipient} close={() => setEditing(false)} saved={() => setEditing(false)} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
          <Stack gap="md">
            <Profile recipient={recipient} />
            <Reached recipient={recipient} />
            <InterruptedLately id={id} />
            <Choices id={id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
          <Stack gap="md">
            <Asked id={id} />
            <MessagesPanel id={id} />
            <ActivityPanel id={id} />
            <Privacy id={id} name={name ?? id} erased={erased} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
