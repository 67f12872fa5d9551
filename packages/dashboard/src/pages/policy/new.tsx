// A new policy: one of those that come with Relance, or from nothing. What a ready one names and the tenant does not have yet is made
// here as well (needs.tsx).
import { Breadcrumbs, Button, Paper, SimpleGrid, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../../shell/lazy-part.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Needs } from './needs.tsx';
import './policy.css';
import { readyListQuery, readyQuery } from './policy-query.ts';

const Workbench = lazyPart(async () => (await import('./workbench.tsx')).Workbench);
const route = getRouteApi('/inside/new-policy');
const FROM_NOTHING = 'nothing';

/** The smallest that does something. */
const BEGINNING = `# Whoever is asked to do something is told at once, and reminded until they have.
policy: my-policy
title: My policy
open: { on: com.example.task.assigned }
resolve: { on: com.example.task.done, outcome: done }
key: event.data.id
subject: { type: task, id: event.data.id, title: event.data.title }
assignee: event.data.assignee
stages:
  - id: notice
    at: opened
    notify: { via: [email, inbox] }
  - id: reminder
    at: opened + 2 days
    notify: { via: [email, inbox] }
`;

export function NewPolicy() {
  const { from } = route.useSearch();
  useTitle('New policy');
  return (
    <Stack gap="md" maw={1500}>
      <Breadcrumbs>
        <PageLink to="/policies" size="sm">
          Policies
        </PageLink>
        {from === undefined ? (
          <Text size="sm" c="dimmed">
            New
          </Text>
        ) : (
          <PageLink to="/new-policy" size="sm">
            New
          </PageLink>
        )}
      </Breadcrumbs>
      {from === undefined ? <Shelf /> : from === FROM_NOTHING ? <Begun key={from} /> : <Taken id={from} key={from} />}
    </Stack>
  );
}

function Shelf() {
  const { data, error, refetch } = useQuery(readyListQuery);
  return (
    <>
      <Title order={1}>New policy</Title>
      <Text maw={640}>
        These come with Relance, each with its words in English and French and tried with stories of its own. Take one
        and change what is different with you: nothing is published before you say so.
      </Text>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Pending />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" component="ul" className="shelf">
        {(data ?? []).map(({ id, title, about }) => (
          <Ready key={id} id={id} title={title} about={about} />
        ))}
        <Ready
          id={FROM_NOTHING}
          title="From nothing"
          about="Two stages to begin with: a notice, and a reminder two days later."
        />
      </SimpleGrid>
    </>
  );
}

interface ReadyProps {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

const Ready = ({ id, title, about }: ReadyProps) => (
  <Paper withBorder p="md" component="li" className="ready">
    <Title order={2} size="h3">
      {title}
    </Title>
    <Text size="sm">{about}</Text>
    <Button
      variant="light"
      size="xs"
      renderRoot={(props) => <Link to="/new-policy" search={{ from: id }} {...props} />}
    >
      Take it<VisuallyHidden component="span"> {title}</VisuallyHidden>
    </Button>
  </Paper>
);

function Taken({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery(readyQuery(id));
  const navigate = route.useNavigate();
  if (data === undefined)
    return error === null ? <Pending /> : <ProblemAlert error={error} again={() => void refetch()} />;
  const { data: example } = data.event;
  return (
    <>
      <Title order={1}>{data.title}</Title>
      <Suspense fallback={<Pending />}>
        <Workbench
          id={null}
          kept={`new/${id}`}
          version={null}
          published={data.text}
          example={JSON.stringify(example ?? {}, null, 2)}
          beside={<Needs ready={data} />}
          done={(answer) => void navigate({ to: '/policies/$id', params: { id: answer.id } })}
        />
      </Suspense>
    </>
  );
}

function Begun() {
  const navigate = route.useNavigate();
  return (
    <>
      <Title order={1}>New policy</Title>
      <Suspense fallback={<Pending />}>
        <Workbench
          id={null}
          kept={`new/${FROM_NOTHING}`}
          version={null}
          published={BEGINNING}
          done={(answer) => void navigate({ to: '/policies/$id', params: { id: answer.id } })}
        />
      </Suspense>
    </>
  );
}
