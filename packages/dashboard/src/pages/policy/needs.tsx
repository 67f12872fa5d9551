// What a ready policy names and the tenant does not have yet, to be made before it is published: its templates and calendars as they
// come, its groups and schedules with people of one's own, or with the examples to try it.
import { Alert, Button, Group, MultiSelect, Stack, Text } from '@mantine/core';
import type { ReadyPolicyWhole } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../../api.ts';
import { numbered } from '../../figure-text.ts';
import { overtakenBy } from '../../overtaken.ts';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { namesQuery } from './policy-query.ts';

const PEOPLE_MAX = 200;

export function Needs({ ready }: { readonly ready: ReadyPolicyWhole }) {
  const known = useQuery(namesQuery);
  if (known.data === undefined)
    return known.error === null ? <Pending /> : <ProblemAlert error={known.error} again={() => void known.refetch()} />;
  const { templates, calendars, groups, schedules } = known.data;
  const missing = {
    templates: ready.templates.filter(({ id }) => !templates.includes(id)),
    calendars: ready.calendars.filter(({ id }) => !calendars.includes(id)),
    groups: ready.groups.filter(({ id }) => !groups.includes(id)),
    schedules: ready.schedules.filter(({ id }) => !schedules.includes(id)),
  };
  const settings = Object.keys(ready.settings);
  const nothing = Object.values(missing).every((all) => all.length === 0);
  return (
    <Panel title="What it names">
      <Stack gap="sm">
        {nothing && <Text size="sm">Everything that it names is there.</Text>}
        {missing.templates.length + missing.calendars.length > 0 && <Words missing={missing} />}
        {missing.groups.map((group) => (
          <Members
            key={`group ${group.id}`}
            what={`Group “${group.name ?? group.id}”`}
            why="is told where it is named, and when nobody else is left."
            make={(members) => putMissing(api.groups, group.id, { name: group.name ?? null, members })}
          />
        ))}
        {missing.schedules.map(({ id, ...schedule }) => (
          <Members
            key={`schedule ${id}`}
            what={`Schedule “${id}”`}
            why="says who is on call: they take turns, a week each."
            make={(members) => putMissing(api.schedules, id, { ...schedule, layers: [weekly(members)], overrides: [] })}
          />
        ))}
        {missing.groups.length + missing.schedules.length > 0 && <Examples ready={ready} missing={missing} />}
        {settings.length > 0 && (
          <Text size="sm" c="dimmed">
            It also takes <code>{settings.join(', ')}</code> of relance.yaml:{' '}
            <code>relance init --policy {ready.id}</code> shows what to write there.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

type Missing = Pick<ReadyPolicyWhole, 'templates' | 'calendars' | 'groups' | 'schedules'>;

const weekly = (members: readonly string[]) => ({
  rotation: {
    every: '1 week',
    handover: { day: 'mon' as const, at: '09:00' },
    start: '2026-01-05',
    members: [...members],
  },
});

/** Makes something, and looks anew at what is there. */
function useMaking(make: () => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: make,
    // What could be made before an error is there all the same.
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['policies'] }),
        queries.invalidateQueries({ queryKey: ['recipients'] }),
      ]),
  });
}

interface Kind<W> {
  put(id: string, body: W, over: { readonly over: null }): Promise<unknown>;
}
/** Writes what is not there: what somebody made meanwhile, or what stands beyond the first that were listed, stays as it is. */
async function putMissing<W>(kind: Kind<W>, id: string, body: W): Promise<void> {
  try {
    await kind.put(id, body, { over: null });
  } catch (error) {
    if (overtakenBy(error) === null) throw error;
  }
}

const putWords = async ({ templates, calendars }: Pick<Missing, 'templates' | 'calendars'>): Promise<void> => {
  for (const { id, ...template } of templates) await putMissing(api.templates, id, template);
  for (const { id, ...calendar } of calendars) await putMissing(api.calendars, id, calendar);
};

function Words({ missing }: { readonly missing: Missing }) {
  const making = useMaking(() => putWords(missing));
  const { templates, calendars } = missing;
  const some = (count: number, word: string): readonly string[] => (count === 0 ? [] : [numbered(count, word)]);
  const what = [...some(templates.length, 'template'), ...some(calendars.length, 'calendar')].join(' and ');
  return (
    <Need title={`${what} to be made`}>
      <Text size="sm" c="dimmed">
        {[...templates, ...calendars].map(({ id }) => id).join(', ')}
      </Text>
      {making.error !== null && <ProblemAlert error={making.error} />}
      <Button size="xs" onClick={() => making.mutate()} loading={making.isPending}>
        Make them
      </Button>
    </Need>
  );
}

interface NeedProps {
  readonly title: string;
  readonly children: ReactNode;
}
const Need = ({ title, children }: NeedProps) => (
  <Stack gap={6} align="flex-start" className="need">
    <Text size="sm" fw={600}>
      {title}
    </Text>
    {children}
  </Stack>
);

interface MembersProps {
  readonly what: string;
  readonly why: string;
  readonly make: (members: readonly string[]) => Promise<unknown>;
}

function Members({ what, why, make }: MembersProps) {
  const [members, setMembers] = useState<string[]>([]);
  const people = useQuery({
    queryKey: ['recipients', 'first', PEOPLE_MAX],
    queryFn: () => api.recipients.list({ limit: PEOPLE_MAX }),
  });
  const making = useMaking(() => make(members));
  return (
    <Need title={what}>
      <Text size="sm" c="dimmed">
        {why}
      </Text>
      {making.error !== null && <ProblemAlert error={making.error} />}
      <Group gap="xs" align="flex-end" w="100%" wrap="nowrap">
        <MultiSelect
          flex={1}
          size="xs"
          aria-label={`Who is in: ${what}`}
          placeholder={people.data?.items.length === 0 ? 'Nobody is known yet' : 'People'}
          searchable
          value={members}
          onChange={setMembers}
          data={(people.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name ?? id }))}
        />
        <Button size="xs" onClick={() => making.mutate()} loading={making.isPending} disabled={members.length === 0}>
          Make it
        </Button>
      </Group>
    </Need>
  );
}

function Examples({ ready, missing }: { readonly ready: ReadyPolicyWhole; readonly missing: Missing }) {
  const making = useMaking(async () => {
    const { items } = await api.recipients.list({ ids: ready.recipients.map(({ id }) => id).join('/') });
    const known = new Set(items.map(({ id }) => id));
    for (const { id, ...person } of ready.recipients) if (!known.has(id)) await api.recipients.put(id, person);
    await putWords(missing);
    for (const { id, ...group } of missing.groups) await putMissing(api.groups, id, group);
    for (const { id, ...schedule } of missing.schedules) await putMissing(api.schedules, id, schedule);
  });
  return (
    <Alert variant="light" color="gray" title="Only to try it">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          Makes everything that is missing with the {ready.recipients.length} example people of this policy, whose
          addresses are at example.com.
        </Text>
        {making.error !== null && <ProblemAlert error={making.error} />}
        <Button size="xs" variant="default" onClick={() => making.mutate()} loading={making.isPending}>
          Take the example people
        </Button>
      </Stack>
    </Alert>
  );
}
