// What somebody did elsewhere, as systems told it: what conditions and contextual follow-ups draw on.
import { Code, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Moment } from '../../moment.tsx';
import { Older } from '../../shell/older.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { activityQuery } from './recipient-query.ts';

export function ActivityPanel({ id }: { readonly id: string }) {
  const list = useInfiniteQuery(activityQuery(id));
  return (
    <Panel title="Activity">
      {list.error !== null && <ProblemAlert error={list.error} again={() => void list.refetch()} />}
      {list.data === undefined && list.error === null && <Pending />}
      {list.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing is known of what they did elsewhere. Your systems tell it with{' '}
          <code>POST /v1/recipients/{'{id}'}/activity</code>, or by events that <code>activity</code> of relance.yaml
          reads.
        </Text>
      )}
      <ul className="items" aria-label="What they did">
        {(list.data ?? []).map(({ id: key, type, at, location, source, data }) => (
          <li key={key}>
            <Text size="sm" fw={600}>
              {type}
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={at} relative />
              {location != null &&
                `, ${[location.city, location.region, location.country].filter((one) => one).join(', ')}`}
              {source !== null && `, told by ${source}`}
            </Text>
            {data !== null && data !== undefined && <Code>{JSON.stringify(data)}</Code>}
          </li>
        ))}
      </ul>
      <Older query={list} />
    </Panel>
  );
}
