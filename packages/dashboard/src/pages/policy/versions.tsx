// The versions of a policy, who published each and when, and what two of them say differently.
import { Group, NativeSelect, Stack, Table, Text } from '@mantine/core';
import type { PolicyVersion } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Moment } from '../../moment.tsx';
import { lazyPart } from '../../shell/lazy-part.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { policyQuery, versionsQuery } from './policy-query.ts';

const Diff = lazyPart(async () => (await import('./diff.tsx')).Diff);

interface Props {
  readonly id: string;
  /** The newest two where nothing is said. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly compare: (versions: { readonly before?: number; readonly after?: number }) => void;
}

/** Whoever has no name: the key of the server's own environment, a project folder, or a key that had none. */
export function publisherOf({ createdBy, createdByName }: PolicyVersion): string {
  if (createdByName !== null) return createdByName;
  if (createdBy === 'bootstrap') return 'the server’s first key';
  if (createdBy === 'project') return 'a project folder';
  return createdBy === null ? 'nobody known' : `key ${createdBy.slice(0, 8)}`;
}

export function Versions({ id, before, after, compare }: Props) {
  const { data, error, refetch } = useQuery(versionsQuery(id));
  if (data === undefined)
    return error === null ? <Pending /> : <ProblemAlert error={error} again={() => void refetch()} />;
  const newest = data[0]?.version ?? 1;
  const chosen = { after: after ?? newest, before: before ?? data[1]?.version ?? newest };
  return (
    <Stack gap="md">
      <Panel title="Versions">
        <Table.ScrollContainer minWidth={300} type="native">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Version</Table.Th>
                <Table.Th>Published</Table.Th>
                <Table.Th>By</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((one) => (
                <Table.Tr key={one.version}>
                  <Table.Td>{one.version}</Table.Td>
                  <Table.Td>
                    <Moment at={one.createdAt} />
                  </Table.Td>
                  <Table.Td>{publisherOf(one)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Text size="sm" c="dimmed" mt="sm">
          A version never changes. A follow-up stays with the one that it opened with.
        </Text>
      </Panel>
      {data.length > 1 && (
        <Panel title="What has changed">
          <Group gap="sm" mb="sm">
            <Choice
              label="From"
              versions={data}
              value={chosen.before}
              choose={(version) => compare({ before: version })}
            />
            <Choice label="To" versions={data} value={chosen.after} choose={(version) => compare({ after: version })} />
          </Group>
          <Compared id={id} {...chosen} />
        </Panel>
      )}
    </Stack>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly versions: readonly PolicyVersion[];
  readonly value: number;
  readonly choose: (version: number) => void;
}
const Choice = ({ label, versions, value, choose }: ChoiceProps) => (
  <NativeSelect
    label={label}
    value={String(value)}
    onChange={(event) => choose(Number(event.currentTarget.value))}
    data={versions.map(({ version }) => ({ value: String(version), label: `Version ${version}` }))}
  />
);

function Compared({ id, before, after }: { readonly id: string; readonly before: number; readonly after: number }) {
  const old = useQuery(policyQuery(id, before));
  const young = useQuery(policyQuery(id, after));
  const error = old.error ?? young.error;
  if (error !== null) return <ProblemAlert error={error} />;
  if (old.data === undefined || young.data === undefined) return <Pending />;
  if (old.data.yaml === young.data.yaml)
    return (
      <Text size="sm" c="dimmed">
        These two say the same.
      </Text>
    );
  return (
    <Suspense fallback={<Pending />}>
      <Diff
        before={old.data.yaml}
        after={young.data.yaml}
        label={`Version ${after}, compared with version ${before}`}
      />
    </Suspense>
  );
}
