// One template: its words by channel and language on one side, and what a reader gets of them on the other while they are written.
// Nothing is kept until it is saved, and what is saved holds from the next message on.
import { Alert, Button, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Channel, Template } from '@relance/client';
import { hashKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api.ts';
import { NotSaved } from '../../shell/not-saved.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { useUnsaved } from '../../shell/unsaved.ts';
import { savingWords, thereOf, useOvertaken } from '../../shell/use-overtaken.ts';
import { CHANNEL_NAMES } from '../channels/channel-query.ts';
import { Word } from '../follow-up/standing.tsx';
import { PartFields } from './part-fields.tsx';
import { Preview } from './preview.tsx';
import {
  channelsOf,
  type Draft,
  draftOf,
  OWN,
  partsOf,
  TEMPLATE_CHANNELS,
  withLocale,
  withoutLocale,
  withPart,
  writtenOf,
} from './template-draft.ts';
import { TEMPLATES_KEY, templateQuery } from './template-query.ts';
import './templates.css';

const route = getRouteApi('/inside/templates/$id');

export function TemplatePage() {
  const { id } = route.useParams();
  useTitle(id);
  const { data, error, refetch } = useQuery(templateQuery(id));
  if (error !== null) return <ProblemAlert error={error} again={() => void refetch()} />;
  return data === undefined ? <Pending /> : <Editor key={id} id={id} stored={data} />;
}

function Editor({ id, stored }: { readonly id: string; readonly stored: Template | null }) {
  const before = stored === null ? {} : draftOf(stored);
  const [draft, setDraft] = useState<Draft>(before);
  const [channel, setChannel] = useState<Channel>(channelsOf(before)[0] ?? 'email');
  const [locale, setLocale] = useState(OWN);
  const [from, setFrom] = useState(stored?.version ?? null); // what somebody saves meanwhile is not written over
  // In whichever order the database gives its parts back.
  const changed = hashKey([writtenOf(draft)]) !== hashKey([before]);
  const saved = (now: Template, sent: Draft) => {
    setFrom(now.version ?? null);
    setDraft((current) => (current === sent ? draftOf(now) : current)); // what was typed meanwhile is not saved yet
  };
  useUnsaved(changed);
  return (
    <Stack gap="md" maw={1500}>
      <Group justify="space-between" align="baseline">
        <div>
          <PageLink to="/templates" size="sm">
            Templates
          </PageLink>
          <Title order={1}>{id}</Title>
        </div>
        <Group gap="xs">
          {stored === null ? (
            <Word color="orange">Not saved yet</Word>
          ) : (
            <Text size="sm" c="dimmed">
              Version {stored.version}
            </Text>
          )}
          {changed && stored !== null && <Word color="orange">Changed</Word>}
        </Group>
      </Group>
      <Deeds id={id} draft={draft} stored={stored !== null} changed={changed} from={from} saved={saved} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title="Words">
          <Stack gap="sm">
            <Group gap="sm" align="flex-end">
              <NativeSelect
                label="Channel"
                value={channel}
                data={TEMPLATE_CHANNELS.map((value) => ({
                  value,
                  label: `${CHANNEL_NAMES[value]}${partsOf(draft, locale)[value] === undefined ? '' : ' ✓'}`,
                }))}
                onChange={(event) =>
                  setChannel(TEMPLATE_CHANNELS.find((one) => one === event.currentTarget.value) ?? 'email')
                }
              />
              <Languages draft={draft} locale={locale} choose={setLocale} change={setDraft} />
            </Group>
            {partsOf(draft, locale)[channel] === undefined && (
              <Text size="sm" c="dimmed">
                Nothing is written here: {locale === OWN ? 'the words that are built in' : 'the template’s own words'}{' '}
                are sent.
              </Text>
            )}
            <PartFields
              key={`${channel} ${locale}`}
              channel={channel}
              parts={partsOf(draft, locale)}
              change={(part) => setDraft(withPart(draft, locale, channel, part))}
            />
          </Stack>
        </Panel>
        <Preview id={id} draft={draft} channel={channel} locale={locale} />
      </SimpleGrid>
    </Stack>
  );
}

interface LanguageProps {
  readonly draft: Draft;
  readonly locale: string;
  readonly choose: (locale: string) => void;
  readonly change: (draft: Draft) => void;
}

function Languages({ draft, locale, choose, change }: LanguageProps) {
  const [added, setAdded] = useState('');
  const add = () => {
    const tag = added.trim();
    change(withLocale(draft, tag));
    choose(tag);
    setAdded('');
  };
  return (
    <>
      <NativeSelect
        label="Language"
        value={locale}
        data={[
          { value: OWN, label: draft.language === undefined ? 'Own words' : `Own words (${draft.language})` },
          ...Object.keys(draft.locales ?? {}),
        ]}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <TextInput
        label="Another language"
        placeholder="fr"
        w={150}
        value={added}
        onChange={(event) => setAdded(event.currentTarget.value)}
      />
      <Button variant="default" onClick={add} disabled={added.trim() === ''}>
        Add
      </Button>
      {locale !== OWN && (
        <Button
          variant="default"
          onClick={() => {
            choose(OWN);
            change(withoutLocale(draft, locale));
          }}
        >
          Remove {locale}
        </Button>
      )}
    </>
  );
}

interface DeedsProps {
  readonly id: string;
  readonly draft: Draft;
  readonly stored: boolean;
  readonly changed: boolean;
  /** The version that it was begun from; null: there was none. */
  readonly from: number | null;
  readonly saved: (now: Template, sent: Draft) => void;
}

function Deeds({ id, draft, stored, changed, from, saved }: DeedsProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [removing, setRemoving] = useState(false);
  const overtaken = useOvertaken(from);
  const save = useMutation({
    mutationFn: (said: Draft) => api.templates.put(id, writtenOf(said), { over: overtaken.over }),
    onError: overtaken.failed,
    onSuccess: async (now, said) => {
      overtaken.settled();
      saved(now, said);
      queries.setQueryData(templateQuery(id).queryKey, now);
      await queries.invalidateQueries({ queryKey: [...TEMPLATES_KEY, 'all'] });
    },
  });
  const remove = useMutation({
    mutationFn: () => api.templates.delete(id),
    onSuccess: async () => {
      queries.removeQueries({ queryKey: templateQuery(id).queryKey });
      await queries.invalidateQueries({ queryKey: [...TEMPLATES_KEY, 'all'] });
      await navigate({ to: '/templates', ignoreBlocker: true });
    },
  });
  return (
    <>
      <NotSaved
        error={save.error}
        overtaken={overtaken}
        mine={writtenOf(draft)}
        look={() => thereOf(api.templates.get(id), draftOf)}
      />
      {remove.error !== null && <ProblemAlert error={remove.error} />}
      {save.isSuccess && !changed && (
        <Alert color="green" variant="light" role="status">
          Saved. It holds from the next message on.
        </Alert>
      )}
      <Group gap="xs">
        <Button onClick={() => save.mutate(draft)} loading={save.isPending} disabled={!changed}>
          {savingWords('Save', overtaken)}
        </Button>
        {stored &&
          (removing ? (
            <>
              <Button color="red" onClick={() => remove.mutate()} loading={remove.isPending}>
                Delete {id}
              </Button>
              <Button variant="default" onClick={() => setRemoving(false)}>
                Keep it
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setRemoving(true)}>
              Delete…
            </Button>
          ))}
      </Group>
    </>
  );
}
