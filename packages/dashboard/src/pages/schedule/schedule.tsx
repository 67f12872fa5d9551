// One schedule: who is on call now, a calendar with gaps and overrides, overrides by hand, and its layers in a form. What is written in
// the form is drawn at once, by the code that the server runs, and is saved when it is said so.
import { Alert, Anchor, Breadcrumbs, Button, Grid, Group, Stack, Text, Title } from '@mantine/core';
import type { Schedule } from '@relance/client';
import { instant, levelsOf, onCallAt } from '@relance/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { api } from '../../api.ts';
import { useNow } from '../../moment.tsx';
import { People } from '../../people.tsx';
import { DeleteForGood } from '../../shell/delete-for-good.tsx';
import { lazyPart } from '../../shell/lazy-part.tsx';
import { News } from '../../shell/news.tsx';
import { NotSaved } from '../../shell/not-saved.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { savingWords, thereOf, useOvertaken } from '../../shell/use-overtaken.ts';
import { Word } from '../follow-up/standing.tsx';
import { ScheduleCalendar } from './calendar.tsx';
import { Overrides } from './overrides.tsx';
import { useScheduleDraft } from './schedule-draft.ts';
import { knownQuery, readSchedulesAgain, scheduleQuery } from './schedule-query.ts';
import { type Compiled, dateIn, readSchedule } from './span.ts';
import { zonedText } from './zoned.ts';

/** Loaded when somebody edits. */
const ScheduleForm = lazyPart(async () => (await import('./schedule-form.tsx')).ScheduleForm);

const route = getRouteApi('/inside/schedules/$id');

export function SchedulePage() {
  const { id } = route.useParams();
  const one = useQuery(scheduleQuery(id));
  const now = useNow();
  useTitle(one.data?.name ?? id);
  if (one.data === undefined || now === undefined)
    return one.error === null ? <Pending /> : <ProblemAlert error={one.error} again={() => void one.refetch()} />;
  return <Told key={id} schedule={one.data} now={Date.parse(now)} />;
}

const saidIn = ({ id: _id, version: _version, ...said }: Schedule) => said;

function useSaving(id: string, draft: Schedule | null, saved: (said: Schedule, version: number) => void) {
  const queries = useQueryClient();
  const overtaken = useOvertaken(draft?.version ?? null);
  const save = useMutation({
    mutationFn: (said: Schedule) => api.schedules.put(id, saidIn(said), { over: overtaken.over }),
    onError: overtaken.failed,
    onSuccess: async ({ version }, said) => {
      await readSchedulesAgain(queries);
      overtaken.settled();
      saved(said, version);
    },
  });
  const leave = () => {
    save.reset();
    overtaken.settled();
  };
  return { overtaken, save, leave };
}

function Told({ schedule, now }: { readonly schedule: Schedule; readonly now: number }) {
  const { id } = schedule;
  const { view = 'week', date } = route.useSearch();
  const navigate = route.useNavigate();
  const { draft, setDraft, edit, saved: settle } = useScheduleDraft(schedule);
  const saved = readSchedule(schedule);
  const drawn = draft === null ? saved : readSchedule(draft);
  const read = drawn.ok ? drawn : saved;
  const known = useQuery(knownQuery(read.ok ? read.people : [])).data;
  const { overtaken, save, leave } = useSaving(id, draft, settle);
  const isKnown = (recipient: string): boolean => known?.has(recipient) ?? true;
  return (
    <Stack gap="md" maw={1400}>
      <Head schedule={schedule} edit={draft === null ? edit : null} />
      <NotSaved
        error={save.error}
        overtaken={overtaken}
        mine={draft === null ? {} : saidIn(draft)}
        look={() => thereOf(api.schedules.get(id), saidIn)}
      />
      {draft === null && save.data !== undefined && <Saved warnings={save.data.warnings} zone={schedule.timeZone} />}
      {!saved.ok && draft === null && <Unread problems={saved.problems} />}
      {draft !== null && (
        <Suspense fallback={<Pending />}>
          <ScheduleForm
            draft={draft}
            problems={drawn.ok ? new Map() : drawn.problems}
            busy={save.isPending}
            saves={savingWords('Save', overtaken)}
            change={setDraft}
            save={() => save.mutate(draft)}
            close={() => {
              leave();
              setDraft(null);
            }}
          />
        </Suspense>
      )}
      {read.ok && (
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Panel title={draft === null ? 'Calendar' : drawn.ok ? 'As it would be' : 'As it is saved'}>
              <ScheduleCalendar
                schedule={read.compiled}
                people={read.people}
                isKnown={isKnown}
                now={now}
                view={view}
                date={date ?? dateIn(now, read.compiled.zone)}
                change={(changed) =>
                  void navigate({
                    search: (before) => ({
                      ...before,
                      ...changed,
                      ...(changed.view === 'week' ? { view: undefined } : {}),
                    }),
                    replace: true,
                    resetScroll: false,
                  })
                }
              />
            </Panel>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="md">
              <Now schedule={read.compiled} now={now} isKnown={isKnown} />
              {draft === null && <Overrides schedule={schedule} now={now} />}
              {draft === null && <Elsewhere id={id} />}
            </Stack>
          </Grid.Col>
        </Grid>
      )}
    </Stack>
  );
}

function Head({ schedule, edit }: { readonly schedule: Schedule; readonly edit: (() => void) | null }) {
  const { id, name, timeZone } = schedule;
  return (
    <>
      <Breadcrumbs>
        <PageLink to="/schedules" size="sm">
          Schedules
        </PageLink>
        <Text size="sm" c="dimmed">
          {id}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1}>{name ?? id}</Title>
          <Text c="dimmed" size="sm">
            By the clocks of {timeZone}
          </Text>
        </div>
        {edit !== null && (
          <Button variant="default" onClick={edit}>
            Edit
          </Button>
        )}
      </Group>
    </>
  );
}

/** Written by another release. */
function Unread({ problems }: { readonly problems: ReadonlyMap<string, string> }) {
  return (
    <Alert color="red" variant="light" title="This release cannot read it">
      {[...problems].map(([path, message]) => `${path}: ${message}`).join('; ')}
    </Alert>
  );
}

interface SavedProps {
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
  readonly zone: string;
}

/** What may be a mistake all the same, with its times by the schedule's clocks. */
function Saved({ warnings, zone }: SavedProps) {
  const told = (message: string): string =>
    message.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]{8,12}Z/g, (at) => zonedText(Date.parse(at), zone));
  return (
    <News kind={warnings.length === 0 ? 'good' : 'warning'} title="Saved">
      {warnings.map(({ path, message }) => (
        <Text key={path} size="sm">
          {told(message)}
        </Text>
      ))}
    </News>
  );
}

interface NowProps {
  readonly schedule: Compiled;
  readonly now: number;
  readonly isKnown: (recipient: string) => boolean;
}

function Now({ schedule, now, isKnown }: NowProps) {
  return (
    <Panel title="On call now">
      <ul className="items" aria-label="On call now">
        {levelsOf(schedule).map((level) => {
          const { recipients, until } = onCallAt(schedule, instant(now), level);
          const who = recipients.filter(isKnown);
          return (
            <li key={level}>
              <Group gap={6}>
                <Text size="sm" fw={600}>
                  {who.length === 0 ? <Word color="orange">Nobody</Word> : <People ids={who} />}
                </Text>
                <Text size="sm" c="dimmed">
                  level {level}
                </Text>
              </Group>
              {until !== null && <Text size="sm">until {zonedText(until, schedule.zone)}</Text>}
              {recipients.length > who.length && (
                <Text size="sm">Not known: {recipients.filter((one) => !isKnown(one)).join(', ')}.</Text>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** The same for other programs; and to be rid of it. */
function Elsewhere({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <Panel title="Elsewhere">
      <Stack gap="sm">
        <Text size="sm">
          <Anchor href={`/v1/schedules/${encodeURIComponent(id)}/calendar.ics`} download size="sm">
            Its shifts as iCalendar
          </Anchor>
        </Text>
        <DeleteForGood
          label="Delete…"
          says="Policies that name it keep it from being deleted."
          remove={() => api.schedules.delete(id)}
          gone={async () => {
            await navigate({ to: '/schedules' });
            await readSchedulesAgain(queries);
          }}
        />
      </Stack>
    </Panel>
  );
}
