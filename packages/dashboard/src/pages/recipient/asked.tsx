// The follow-ups in which somebody is asked to act, the newest first.
import { Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Moment } from '../../moment.tsx';
import { Older } from '../../shell/older.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Standing } from '../follow-up/standing.tsx';
import { followUpsOfQuery } from './recipient-query.ts';

export function Asked({ id }: { readonly id: string }) {
  const list = useInfiniteQuery(followUpsOfQuery(id));
  return (
    <Panel
      title="Follow-ups"
      aside={
        <PageLink to="/follow-ups" search={{ show: 'all', assignee: id }} size="sm">
          In the list
        </PageLink>
      }
    >
      {list.error !== null && <ProblemAlert error={list.error} again={() => void list.refetch()} />}
      {list.data === undefined && list.error === null && <Pending />}
      {list.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          None asks them to act.
        </Text>
      )}
      <ul className="items" aria-label="Follow-ups they are asked in">
        {(list.data ?? []).map((followUp) => (
          <li key={followUp.id}>
            <Group gap={6}>
              <PageLink to="/follow-ups/$id" params={{ id: followUp.id }} size="sm">
                {followUp.subject.title}
              </PageLink>
              <Standing followUp={followUp} />
            </Group>
            <Text size="xs" c="dimmed">
              {followUp.policy.id}, opened <Moment at={followUp.openedAt} relative />
            </Text>
          </li>
        ))}
      </ul>
      <Older query={list} />
    </Panel>
  );
}
