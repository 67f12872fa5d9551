// The templates of a tenant: for which channels and in which languages each has words. A policy names them; where it names none, or a
// template has no words for a channel, what is built in is sent.
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Template } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { NotAll } from '../../shell/not-all.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { CHANNEL_NAMES } from '../channels/channel-query.ts';
import { channelsOf } from './template-draft.ts';
import { templatesQuery } from './template-query.ts';
import './templates.css';

export function Templates() {
  useTitle('Templates');
  const { data, error, refetch } = useQuery(templatesQuery);
  return (
    <Stack gap="md" maw={1100}>
      <Title order={1}>Templates</Title>
      <NewTemplate />
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data !== undefined && <NotAll of={data} />}
      {data === undefined ? (
        error === null && <Pending />
      ) : data.items.length === 0 ? (
        <Nothing />
      ) : (
        <ul className="templates" aria-label="Templates">
          {data.items.map((one) => (
            <Row key={one.id} template={one} />
          ))}
        </ul>
      )}
    </Stack>
  );
}

function Row({ template }: { readonly template: Template }) {
  const { id, version, language, locales = {} } = template;
  const channels = channelsOf(template).map((channel) => CHANNEL_NAMES[channel]);
  const languages = [language ?? 'own words', ...Object.keys(locales)];
  return (
    <li>
      <Link to="/templates/$id" params={{ id }} className="template-row">
        <strong>{id}</strong>
        <span>{channels.length === 0 ? 'No words of its own' : channels.join(', ')}</span>
        <small>
          {languages.join(', ')}
          {version !== undefined && ` · version ${version}`}
        </small>
      </Link>
    </li>
  );
}

function NewTemplate() {
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/templates/$id', params: { id: id.trim() } });
  };
  return (
    <Group component="form" gap="xs" align="flex-end" onSubmit={submit}>
      <TextInput
        label="New template"
        placeholder="invoice-reminder"
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={id.trim() === ''}>
        Write it
      </Button>
    </Group>
  );
}

function Nothing() {
  return (
    <Stack align="flex-start" gap="xs" py="lg">
      <Title order={2}>Every message has the words that are built in</Title>
      <Text c="dimmed" maw={620}>
        They say what is asked, by when, and how to answer, in the reader’s language where it is one of those that are
        built in. A template of your own gives a stage words of yours, for one channel or for all: name it in{' '}
        <code>template:</code> of the policy. See the words that are built in under{' '}
        <PageLink to="/templates/$id" params={{ id: 'invoice-reminder' }} size="md">
          a new template
        </PageLink>
        : its preview shows them while nothing is written.
      </Text>
    </Stack>
  );
}
