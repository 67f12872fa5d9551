// Calendars: business hours, holidays and exceptions by name, each with the working days that come of it.

import { Button, Group, Paper, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { Calendar } from '@relance/client';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { ZONE } from '../../moment.tsx';
import { overtakenBy } from '../../overtaken.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { NotSaved } from '../../shell/not-saved.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { savingWords, thereOf, useOvertaken } from '../../shell/use-overtaken.ts';
import { Word } from '../follow-up/standing.tsx';
import { bodyOf, type TypedCalendar, typedOf } from './calendar-text.ts';
import { RemoveButton } from './remove-button.tsx';

const calendarsQuery = queryOptions({
  queryKey: ['calendars'],
  queryFn: async () => (await everyPage(api.calendars.list)).items,
});
const DAYS = 5;

export function Calendars() {
  const { data, error } = useQuery(calendarsQuery);
  const [open, setOpen] = useState<Calendar | 'new' | null>(null);
  const close = () => setOpen(null);
  const rows = data === undefined || open === null || open === 'new' ? data : withOpen(data, open);
  return (
    <Panel
      title="Calendars"
      aside={
        <Button size="xs" variant="default" onClick={() => setOpen('new')}>
          New calendar
        </Button>
      }
    >
      <Stack gap="md">
        {open === 'new' && <CalendarForm before={null} close={close} />}
        {error !== null && <ProblemAlert error={error} />}
        {rows === undefined ? (
          error === null && <Pending />
        ) : rows.length === 0 ? (
          <Text size="sm" c="dimmed">
            None. A policy that counts business days names one, as in <code>calendar: office</code>; hours, holidays of
            a country or region, and days that are otherwise stand in it.
          </Text>
        ) : (
          <ul className="settled" aria-label="Calendars">
            {rows.map((calendar) => {
              const isOpen = open !== null && open !== 'new' && open.id === calendar.id;
              return (
                <Row
                  key={calendar.id}
                  calendar={calendar}
                  gone={data?.includes(calendar) !== true}
                  open={isOpen}
                  toggle={() => setOpen(isOpen ? null : calendar)}
                />
              );
            })}
          </ul>
        )}
      </Stack>
    </Panel>
  );
}

/** What somebody writes at stays in its place with what they wrote, also where somebody else has deleted it meanwhile. */
function withOpen(calendars: readonly Calendar[], open: Calendar): readonly Calendar[] {
  if (calendars.some(({ id }) => id === open.id)) return calendars;
  const at = calendars.findIndex(({ id }) => id > open.id);
  return calendars.toSpliced(at === -1 ? calendars.length : at, 0, open);
}

interface RowProps {
  readonly calendar: Calendar;
  /** Deleted while somebody writes at it. */
  readonly gone: boolean;
  readonly open: boolean;
  readonly toggle: () => void;
}

function Row({ calendar, gone, open, toggle }: RowProps) {
  const { id, name, zone, version } = calendar;
  const days = useQuery({
    queryKey: ['calendars', id, version],
    queryFn: () => api.calendars.days(id, { count: DAYS }),
    enabled: !gone,
  });
  const data = gone ? undefined : days.data;
  const remove = async () => {
    await api.calendars.delete(id);
    if (open) toggle(); // whoever deletes it writes at it no more
  };
  return (
    <li>
      <div className="settled-row">
        <div>
          <Text fw={600} size="sm">
            {name ?? id}
          </Text>
          <Text size="xs" c="dimmed">
            {id}, in {zone}
          </Text>
          {gone && <Word color="orange">Deleted meanwhile</Word>}
          <ul className="days" aria-label={`Next working days of ${id}`}>
            {(data?.days ?? []).map(({ date, weekday, hours }) => (
              <li key={date}>
                <span>
                  {weekday} {date}
                </span>
                <span>{hours}</span>
              </li>
            ))}
          </ul>
          {(data?.special ?? []).length > 0 && (
            <Text size="sm">
              Not as usual: {data?.special.map(({ date, name: of, hours }) => `${date} ${of ?? hours}`).join(', ')}
            </Text>
          )}
        </div>
        {!gone && (
          <Group gap="xs">
            <Button size="xs" variant="default" aria-expanded={open} aria-label={`Change ${id}`} onClick={toggle}>
              Change
            </Button>
            <RemoveButton id={id} remove={remove} again={calendarsQuery.queryKey} />
          </Group>
        )}
      </div>
      {open && <CalendarForm before={calendar} close={toggle} />}
    </li>
  );
}

const TAKEN = 'Give this one an id of its own; or never mind, and change the one that there is.';

/** As this form would write it. */
const writtenOf = (now: Calendar) => bodyOf(typedOf(now, ZONE), now);

function CalendarForm({ before: now, close }: { readonly before: Calendar | null; readonly close: () => void }) {
  const queries = useQueryClient();
  /** As it was when one began to write: what somebody else makes of it meanwhile is not written over unseen. */
  const [before] = useState(now);
  const [typed, setTyped] = useState<TypedCalendar>(typedOf(before, ZONE));
  const overtaken = useOvertaken(before?.version ?? null);
  const save = useMutation({
    mutationFn: () => api.calendars.put(typed.id.trim(), bodyOf(typed, before), { over: overtaken.over }),
    onError: (error) => {
      overtaken.failed(error);
      if (overtakenBy(error) !== null) void queries.invalidateQueries({ queryKey: calendarsQuery.queryKey });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: calendarsQuery.queryKey });
      close();
    },
  });
  const field = (name: keyof TypedCalendar) => ({
    value: typed[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Paper
      withBorder
      p="md"
      mt="sm"
      component="form"
      onSubmit={submit}
      aria-label={before === null ? 'A new calendar' : `Change ${before.id}`}
    >
      <Stack gap="sm">
        <NotSaved
          error={save.error}
          overtaken={overtaken}
          mine={bodyOf(typed, before)}
          look={() => thereOf(api.calendars.get(typed.id), writtenOf)}
          {...(before === null ? { taken: TAKEN } : {})}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {before === null && <TextInput label="Id" required placeholder="office" autoFocus {...field('id')} />}
          <TextInput label="Name" placeholder="The office" {...field('name')} />
          <TextInput label="Time zone" required placeholder="Europe/Paris" {...field('zone')} />
          <TextInput
            label="Holidays of"
            description="Countries, states and regions, with commas between."
            placeholder="FR, DE-BY"
            {...field('holidays')}
          />
          <Textarea
            label="Hours"
            description="A line for days that are alike; empty: Monday to Friday, 09:00 to 17:00."
            placeholder={'mon-thu: 09:00-12:30, 14:00-18:00\nfri: 09:00-15:00'}
            autosize
            minRows={3}
            {...field('hours')}
          />
          <Textarea
            label="Days that are otherwise"
            description="A date a line, with its hours, or closed."
            placeholder={'2026-12-24: 09:00-12:00\n2026-12-31: closed'}
            autosize
            minRows={3}
            {...field('exceptions')}
          />
        </SimpleGrid>
        <FormEnds busy={save.isPending} close={close}>
          {savingWords('Save', overtaken)}
        </FormEnds>
      </Stack>
    </Paper>
  );
}
