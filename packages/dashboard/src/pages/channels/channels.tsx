// Channels: what messages leave by and how it fares, the connections of this tenant, and the messages that were lost last. Connections
// are changed with an admin key. Whom nothing is sent to any more is suppressions.tsx.
import { Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Connection, Message } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Moment } from '../../moment.tsx';
import { Person } from '../../people.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Read } from '../../shell/read.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { CHANNEL_NAMES, connectionsQuery, lostQuery, providersQuery } from './channel-query.ts';
import './channels.css';
import { ConnectionCard } from './connection-card.tsx';
import { ConnectionForm } from './connection-form.tsx';
import { Served } from './served.tsx';

const inside = getRouteApi('/inside');

export function Channels() {
  useTitle('Channels');
  const { session } = inside.useRouteContext();
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between" align="baseline">
        <Title order={1}>Channels</Title>
        <PageLink to="/suppressions" size="sm">
          Suppressed addresses
        </PageLink>
      </Group>
      <Served />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Connections admin={session.admin} />
        <Lost />
      </SimpleGrid>
    </Stack>
  );
}

/** By channel, those that are used first, in the order in which they are tried. */
function inOrder(connections: readonly Connection[]): readonly { connection: Connection; place: number | null }[] {
  const sorted = connections.toSorted(
    (a, b) =>
      a.channel.localeCompare(b.channel) ||
      Number(a.disabled) - Number(b.disabled) ||
      a.position - b.position ||
      a.id.localeCompare(b.id),
  );
  const places = new Map<string, number>();
  return sorted.map((connection) => {
    if (connection.disabled) return { connection, place: null };
    const place = (places.get(connection.channel) ?? 0) + 1;
    places.set(connection.channel, place);
    return { connection, place };
  });
}

function Connections({ admin }: { readonly admin: boolean }) {
  const { data, error, refetch } = useQuery(connectionsQuery);
  const brands = useQuery(providersQuery);
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title="Your connections"
      aside={
        admin && !making ? (
          <Button size="xs" variant="default" onClick={() => setMaking(true)}>
            New connection
          </Button>
        ) : null
      }
    >
      <Stack gap="md">
        {making && <ConnectionForm before={null} close={() => setMaking(false)} />}
        {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
        {brands.error !== null && <ProblemAlert error={brands.error} again={() => void brands.refetch()} />}
        {data === undefined ? (
          error === null && <Pending />
        ) : data.length === 0 && !making ? (
          <Text size="sm" c="dimmed">
            None. A connection is an account of a provider (SMTP, Amazon SES, Twilio, Slack, …) that messages of this
            tenant leave by, from the next one on. Where a channel has one, nothing of it leaves by the server’s.
          </Text>
        ) : (
          <ul className="served" aria-label="Connections">
            {inOrder(data).map(({ connection, place }) => (
              <ConnectionCard
                key={connection.id}
                connection={connection}
                place={place}
                admin={admin}
                // While it is not known, an address too many is better than none.
                tells={
                  brands.data === undefined || brands.data.some((one) => one.id === connection.provider && one.receipts)
                }
              />
            ))}
          </ul>
        )}
        {!admin && (
          <Text size="sm" c="dimmed">
            Connections are changed with an admin key; you are signed in with another.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function Lost() {
  return (
    <Panel title="Messages that were lost last">
      <Read of={useQuery(lostQuery)}>
        {(messages) =>
          messages.length === 0 ? (
            <Text size="sm" c="dimmed">
              None. What a provider refuses, and what comes back to it (a receipt, or a mail that bounces), stands here.
              The contact plan of whoever was meant goes on with their next channel by itself.
            </Text>
          ) : (
            <ul className="items">
              {messages.map((message) => (
                <LostItem key={message.id} message={message} />
              ))}
            </ul>
          )
        }
      </Read>
    </Panel>
  );
}

function LostItem({ message }: { readonly message: Message }) {
  return (
    <li>
      <Group gap={6}>
        <PageLink to="/follow-ups/$id" params={{ id: message.followUp }} size="sm">
          {message.stage}
        </PageLink>
        <Word color={message.status === 'bounced' ? 'orange' : 'red'}>
          {message.status === 'bounced' ? 'Came back' : 'Refused'}
        </Word>
      </Group>
      <Text size="sm">
        {CHANNEL_NAMES[message.channel]} to <Person id={message.recipient} />
        {message.connection !== null && ` by ${message.connection}`}
        {message.status === 'failed' && `: ${message.reason.replaceAll('_', ' ')}`}
      </Text>
      <Text size="xs" c="dimmed">
        <Moment at={message.plannedAt} relative />
      </Text>
    </li>
  );
}
