// One policy: its picture, its text with a simulation beside it, what checking it says, and its versions.
import { Breadcrumbs, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../../shell/lazy-part.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Coded } from './coded.tsx';
import { PictureView } from './picture-view.tsx';
import './policy.css';
import { checkQuery, pictureQuery, policyQuery, type TextedPolicy } from './policy-query.ts';
import type { Part } from './policy-search.ts';
import { Problems } from './problems.tsx';

/** They come when they are gone to. */
const Workbench = lazyPart(async () => (await import('./workbench.tsx')).Workbench);
const Versions = lazyPart(async () => (await import('./versions.tsx')).Versions);

const route = getRouteApi('/inside/policies/$id');

export function PolicyPage() {
  const { id } = route.useParams();
  const one = useQuery(policyQuery(id));
  useTitle(String(one.data?.policy.title ?? id));
  if (one.data === undefined)
    return one.error === null ? <Pending /> : <ProblemAlert error={one.error} again={() => void one.refetch()} />;
  return <Told policy={one.data} key={id} />;
}

function Told({ policy }: { readonly policy: TextedPolicy }) {
  const { id, version } = policy;
  const { part = 'picture', before, after } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: string | null) =>
    void navigate({
      search: (old) => ({ ...old, part: next === 'picture' ? undefined : (next as Part) }),
      replace: true,
      resetScroll: false,
    });
  return (
    <Stack gap="md" maw={1500}>
      <Breadcrumbs>
        <PageLink to="/policies" size="sm">
          Policies
        </PageLink>
        <Text size="sm" c="dimmed">
          {id}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="baseline">
        <Title order={1}>{String(policy.policy.title ?? id)}</Title>
        <Text size="sm" c="dimmed">
          Version {version} ·{' '}
          <PageLink to="/follow-ups" search={{ policy: id }} size="sm">
            Its follow-ups
          </PageLink>
        </Text>
      </Group>
      <Tabs value={part} onChange={show} keepMounted={false}>
        <Tabs.List mb="md" className="parts">
          <Tabs.Tab value="picture">Picture</Tabs.Tab>
          <Tabs.Tab value="edit">Edit and simulate</Tabs.Tab>
          <Tabs.Tab value="check">Check</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="picture">
          <Drawn policy={policy} />
        </Tabs.Panel>
        <Tabs.Panel value="edit">
          <Suspense fallback={<Pending />}>
            <Workbench id={id} version={version} published={policy.yaml} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="check">
          <Checked text={policy.yaml} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Suspense fallback={<Pending />}>
            <Versions
              id={id}
              before={before}
              after={after}
              compare={(versions) =>
                void navigate({ search: (old) => ({ ...old, ...versions }), replace: true, resetScroll: false })
              }
            />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Drawn({ policy }: { readonly policy: TextedPolicy }) {
  const { data, error, refetch } = useQuery(pictureQuery(policy));
  if (data !== undefined) return <PictureView picture={data} />;
  return error === null ? <Pending /> : <ProblemAlert error={error} again={() => void refetch()} />;
}

function Checked({ text }: { readonly text: string }) {
  const { data, error, refetch } = useQuery(checkQuery(text));
  if (data === undefined)
    return error === null ? <Pending /> : <ProblemAlert error={error} again={() => void refetch()} />;
  const problems = [...data.errors, ...data.warnings];
  return (
    <Stack gap="md" maw={900}>
      <Panel title={problems.length === 0 ? 'Nothing to mend' : 'What is to be mended'}>
        {problems.length === 0 ? (
          <Text size="sm">
            It can be read, everything that it names is there, and its escalations reach somebody at every hour.
          </Text>
        ) : (
          <Problems problems={problems} goTo={null} />
        )}
      </Panel>
      <Panel title="What is proved of it" aside={<Text size="xs">with the people and schedules of now</Text>}>
        {data.proofs.length === 0 ? (
          <Text size="sm" c="dimmed">
            There is nothing to prove: it escalates to nobody.
          </Text>
        ) : (
          <ul className="problems" aria-label="What is proved of it">
            {data.proofs.map(({ claim, holds, text: said }) => (
              <li key={`${claim} ${said}`}>
                <span className={`word ${holds ? 'green' : 'orange'}`}>{holds ? 'Holds' : 'Does not hold'}</span>
                <Text size="sm">
                  <Coded>{said}</Coded>
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </Stack>
  );
}
