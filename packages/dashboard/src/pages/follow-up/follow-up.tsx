// One follow-up: where it stands and why, what happens next and when, everything that happened, every message as it was sent, the
// conversation with whoever wrote back, and everything that can be done about it.
import { Alert, Anchor, Breadcrumbs, Grid, Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import type { FollowUp } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Moment } from '../../moment.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Commands } from './commands.tsx';
import { Conversation } from './conversation.tsx';
import { Facts } from './facts.tsx';
import { explainQuery, oneQuery, pinnedQuery } from './follow-up-query.ts';
import { Standing } from './standing.tsx';
import { Timeline } from './timeline.tsx';

const route = getRouteApi('/inside/follow-ups/$id');

export function FollowUpPage() {
  const { id } = route.useParams();
  const one = useQuery(oneQuery(id));
  useTitle(one.data?.subject.title ?? 'Follow-up');
  if (one.data === undefined)
    return one.error === null ? <Pending /> : <ProblemAlert error={one.error} again={() => void one.refetch()} />;
  return <Told key={id} followUp={one.data} />;
}

function Told({ followUp }: { readonly followUp: FollowUp }) {
  const { id, subject, policy, key } = followUp;
  const pinned = useQuery(pinnedQuery(policy.id, policy.version));
  return (
    <Stack gap="md" maw={1400}>
      <Breadcrumbs>
        <PageLink to="/follow-ups" size="sm">
          Follow-ups
        </PageLink>
        <Text size="sm" c="dimmed">
          {pinned.data?.title ?? policy.id} · {key}
        </Text>
      </Breadcrumbs>
      <div>
        <Title order={1}>{subject.title}</Title>
        <Group gap={6} mt={6}>
          <Standing followUp={followUp} />
          {subject.url !== null && (
            <Anchor href={subject.url} target="_blank" rel="noreferrer" size="sm">
              Open the {subject.type}
              <VisuallyHidden component="span"> in a new window</VisuallyHidden>
            </Anchor>
          )}
        </Group>
      </div>
      <Commands followUp={followUp} actions={pinned.data?.actions ?? []} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <Stack gap="md">
            <Conversation id={id} />
            <Timeline id={id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <Stack gap="md">
            <Next id={id} />
            <Facts followUp={followUp} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

/** In the server's own words, which are those of `relance explain`. */
function Next({ id }: { readonly id: string }) {
  const { data, error } = useQuery(explainQuery(id));
  const live = data?.status === 'open' || data?.status === 'acknowledged'; // of a closed one the summary says that nothing comes
  return (
    <Panel title="What happens next">
      {error !== null && <ProblemAlert error={error} />}
      {data !== undefined && (
        <Stack gap="xs">
          <Text size="sm">{data.summary}</Text>
          {(live || data.next.at !== null) && (
            <Text size="sm" fw={600}>
              {data.next.text}
            </Text>
          )}
          {data.next.at !== null && (
            <Text size="sm" c="dimmed">
              Next at <Moment at={data.next.at} relative />
            </Text>
          )}
          {data.ifAcknowledged !== null && (
            <Alert variant="light" color="gray" p="xs" role="note" title="If somebody acknowledged it now">
              {data.ifAcknowledged.text}
            </Alert>
          )}
        </Stack>
      )}
    </Panel>
  );
}
