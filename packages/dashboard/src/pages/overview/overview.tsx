// What needs attention now: the first page that somebody sees who has signed in. Each number leads to what it counts. Where nothing
// has ever happened it guides to the first follow-up instead (first-steps.tsx).
import { Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Channel, FollowUp, Reply, Overview as Seen } from '@relance/client';
import { queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../api.ts';
import { Moment, momentText } from '../../moment.tsx';
import { People, Person } from '../../people.tsx';
import { overviewQuery } from '../../queries.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Read } from '../../shell/read.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { CHANNEL_NAMES } from '../channels/channel-query.ts';
import { listQuery } from '../follow-up/list-query.ts';
import type { Why } from '../follow-up/list-search.ts';
import { ALARMED, STUCK, Standing, Word } from '../follow-up/standing.tsx';
import { Count } from './count.tsx';
import { FirstSteps } from './first-steps.tsx';
import { Trends } from './trends.tsx';

const SHOWN_MAX = 8;

type Attention = Seen['attention'];

export function Overview() {
  useTitle('Overview');
  const { data, error, refetch } = useQuery(overviewQuery);
  return (
    <Stack gap="lg" maw={1400}>
      <Group justify="space-between" align="baseline">
        <Title order={1}>Overview</Title>
        {data !== undefined && (
          <Text size="sm" c="dimmed">
            It is {momentText(data.now, data.now)}
          </Text>
        )}
      </Group>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined ? error === null && <Pending /> : <Told seen={data} />}
    </Stack>
  );
}

interface Need {
  readonly why: Why;
  readonly label: string;
  readonly of: (attention: Attention) => number;
}

/** What keeps live follow-ups from whom they are for, each with the list of them. */
const NEEDS: readonly Need[] = [
  { why: 'nobody_reached', label: ALARMED.nobody_reached, of: ({ nobodyReached }) => nobodyReached },
  { why: 'stages_exhausted', label: STUCK.stages_exhausted, of: ({ stagesExhausted }) => stagesExhausted },
  { why: 'unknown_recipient', label: STUCK.unknown_recipient, of: ({ unknownRecipient }) => unknownRecipient },
  { why: 'parked', label: STUCK.parked, of: ({ parked }) => parked },
  { why: 'orphaned', label: ALARMED.orphaned, of: ({ orphaned }) => orphaned },
];

function Told({ seen }: { readonly seen: Seen }) {
  const { followUps, attention, openReplies, connections, alarms } = seen;
  const failing = new Set(connections.map(({ channel }) => channel)); // each may have several connections
  const stuck = attention.stagesExhausted + attention.unknownRecipient + attention.parked;
  return (
    <>
      <FirstSteps seen={seen} />
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
        {NEEDS.map(({ why, label, of }) => (
          <Count key={why} count={of(attention)} label={label} alarming search={{ show: 'attention', why }} />
        ))}
        <Count count={followUps.overdue} label="Overdue" alarming search={{ overdue: true }} />
        <Count count={openReplies} label="Unanswered replies" alarming href="#replies" />
        <Count count={failing.size} label="Failing channels" alarming to="/channels" />
        <Count count={followUps.open} label="Open" search={{ show: 'open' }} />
        <Count count={followUps.acknowledged} label="Acknowledged" search={{ show: 'acknowledged' }} />
      </SimpleGrid>
      <Trends />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Stuck count={stuck} />
        <Replies count={openReplies} />
        <Panel title="Alarms of the last seven days">
          <Items
            empty="None. Relance raises one when a target has nobody, a stage cannot run, or its watchdog finds something that nothing wakes."
            items={alarms.map((alarm) => (
              <li key={`${alarm.followUp} ${alarm.at} ${alarm.text}`}>
                <Text size="sm">
                  <PageLink to="/follow-ups/$id" params={{ id: alarm.followUp }} size="sm">
                    {alarm.title ?? 'A follow-up that is gone'}
                  </PageLink>{' '}
                  {!alarm.live && '(over)'}
                </Text>
                <Text size="sm">{alarm.text}</Text>
                <Text size="xs" c="dimmed">
                  <Moment at={alarm.at} relative />
                </Text>
              </li>
            ))}
          />
        </Panel>
        <Failing connections={connections} />
      </SimpleGrid>
      <Newest />
    </>
  );
}

function Failing({ connections }: Pick<Seen, 'connections'>) {
  return (
    <Panel
      title="Failing channels"
      aside={
        <PageLink to="/channels" size="sm">
          Channels
        </PageLink>
      }
    >
      <Items
        empty="None: every connection that messages leave by takes what it is handed."
        items={connections.map(({ id, channel, provider, state, detail, since }) => (
          <li key={`${channel} ${id}`}>
            <Group gap={6}>
              <PageLink to="/channels" size="sm">
                {id}
              </PageLink>
              <Word color="red">{state === 'down' ? 'Down' : 'Failing'}</Word>
            </Group>
            <Text size="sm">
              {CHANNEL_NAMES[channel as Channel] ?? channel} by {provider}
              {detail !== null && `: ${detail}`}
            </Text>
            <Text size="xs" c="dimmed">
              Since <Moment at={since} />
            </Text>
          </li>
        ))}
      />
    </Panel>
  );
}

/** A list, or a sentence that says what would stand in it. */
function Items({ items, empty }: { readonly items: readonly ReactNode[]; readonly empty: string }) {
  if (items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  return <ul className="items">{items}</ul>;
}

function Stuck({ count }: { readonly count: number }) {
  const list = useInfiniteQuery(listQuery({ show: 'attention' }, undefined));
  return (
    <Panel
      title="Needs attention"
      aside={
        count > 0 ? (
          <PageLink to="/follow-ups" search={{ show: 'attention' }} size="sm">
            All {count}
          </PageLink>
        ) : null
      }
    >
      <Read of={list}>
        {(items) => (
          <Items
            empty="Nothing: Relance goes on with every live follow-up by itself."
            items={items.slice(0, SHOWN_MAX).map((one) => <FollowUpItem key={one.id} followUp={one} />)}
          />
        )}
      </Read>
    </Panel>
  );
}

const newestQuery = queryOptions({
  queryKey: ['follow-ups', 'list', 'newest'],
  queryFn: () => api.followUps.list({ limit: SHOWN_MAX }),
});

/** Whatever they stand at: where nothing needs anybody, this is where one sees that it works. */
function Newest() {
  const newest = useQuery(newestQuery);
  return (
    <Panel
      title="Opened last"
      aside={
        <PageLink to="/follow-ups" search={{ show: 'all' }} size="sm">
          All follow-ups
        </PageLink>
      }
    >
      <Read of={newest}>
        {({ items }) => (
          <Items
            empty="Nothing yet. Whatever opens next, by an event, by hand or by an import, stands here."
            items={items.map((one) => <FollowUpItem key={one.id} followUp={one} opened />)}
          />
        )}
      </Read>
    </Panel>
  );
}

interface FollowUpItemProps {
  readonly followUp: FollowUp;
  /** Says when. */
  readonly opened?: boolean;
}

function FollowUpItem({ followUp, opened = false }: FollowUpItemProps) {
  const { id, subject, policy, assignee, openedAt } = followUp;
  return (
    <li>
      <Group gap={6}>
        <PageLink to="/follow-ups/$id" params={{ id }} size="sm">
          {subject.title}
        </PageLink>
        <Standing followUp={followUp} />
      </Group>
      <Text size="xs" c="dimmed">
        {policy.id}, with {assignee === null ? 'nobody' : <People ids={[assignee]} />}
        {opened && (
          <>
            , opened <Moment at={openedAt} relative />
          </>
        )}
      </Text>
    </li>
  );
}

const openRepliesQuery = queryOptions({
  queryKey: ['replies', 'open'],
  queryFn: () => api.replies.list({ status: 'open', limit: SHOWN_MAX }),
});

function Replies({ count }: { readonly count: number }) {
  const replies = useQuery(openRepliesQuery);
  return (
    <Panel title="Unanswered replies" aside={count > SHOWN_MAX ? <Text size="sm">The newest of {count}</Text> : null}>
      <div id="replies">
        <Read of={replies}>
          {({ items }) => (
            <Items
              empty="Nobody waits for an answer. What people write back and no rule understands stands here."
              items={items.map((reply) => <ReplyItem key={reply.id} reply={reply} />)}
            />
          )}
        </Read>
      </div>
    </Panel>
  );
}

function ReplyItem({ reply }: { readonly reply: Reply }) {
  return (
    <li>
      <PageLink to="/follow-ups/$id" params={{ id: reply.followUp }} size="sm">
        {reply.recipient === null ? reply.from : <Person id={reply.recipient} />}
      </PageLink>
      <Text size="sm" lineClamp={2}>
        {reply.text}
      </Text>
      <Text size="xs" c="dimmed">
        by {reply.channel}, <Moment at={reply.at} relative />
      </Text>
    </li>
  );
}
