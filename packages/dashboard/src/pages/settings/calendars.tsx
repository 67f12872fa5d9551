// Calendars: business hours, holidays and exceptions by name, each with the working days that come of it.

import { Button, Group, Paper, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { Calendar } from '@relance/client';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { ZONE } from '../../moment.tsx';
import { FormEnds } from '../../shell/form-ends.tsx';
import { NotSaved } from '../../shell/not-saved.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { bodyOf, type TypedCalendar, typedOf } from './calendar-text.ts';
import { RemoveButton } from './remove-button.tsx';

const calendarsQuery = queryOptions({
  queryKey: ['calendars'],
  queryFn: async () => (await everyPage(api.calendars.list)).items,
});
const DAYS = 5;

export function Calendars() {
  const { data, error } = useQuery(calendarsQuery);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Panel
      title="Calendars"
      aside={
        <Button size="xs" variant="default" onClick={() => setOpen('')}>
          New calendar
        </Button>
      }
    >
      <Stack gap="md">
        {open === '' && <CalendarForm before={null} close={() => setOpen(null)} />}
        {error !== null && <ProblemAlert error={error} />}
        {data === undefined ? (
          error === null && <Pending />
        ) : data.length === 0 ? (
          <Text size="sm" c="dimmed">
            None. A policy that counts business days names one, as in <code>calendar: office</code>; hours, holidays of
            a country or region, and days that are otherwise stand in it.
          </Text>
        ) : (
          <ul className="settled" aria-label="Calendars">
            {data.map((calendar) => (
              <Row
                key={calendar.id}
                calendar={calendar}
                open={open === calendar.id}
                toggle={() => setOpen(open === calendar.id ? null : calendar.id)}
              />
            ))}
          </ul>
        )}
      </Stack>
    </Panel>
  );
}

interface RowProps {
  readonly calendar: Calendar;
  readonly open: boolean;
  readonly toggle: () => void;
}

function Row({ calendar, open, toggle }: RowProps) {
  const { id, name, zone, version } = calendar;
  const { data } = useQuery({
    queryKey: ['calendars', id, version],
    queryFn: () => api.calendars.days(id, { count: DAYS }),
  });
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
        <Group gap="xs">
          <Button size="xs" variant="default" aria-expanded={open} aria-label={`Change ${id}`} onClick={toggle}>
            Change
          </Button>
          <RemoveButton id={id} remove={() => api.calendars.delete(id)} again={calendarsQuery.queryKey} />
        </Group>
      </div>
      {open && <CalendarForm before={calendar} close={toggle} />}
    </li>
  );
}

function CalendarForm({ before: now, close }: { readonly before: Calendar | null; readonly close: () => void }) {
  const queries = useQueryClient();
  /** As it was when one began to write: what somebody else makes of it meanwhile is not written over unseen. */
  const [before] = useState(now);
  const [typed, setTyped] = useState<TypedCalendar>(typedOf(before, ZONE));
  const save = useMutation({
    mutationFn: (over: number | null) => api.calendars.put(typed.id.trim(), bodyOf(typed, before), { over }),
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
    save.mutate(before?.version ?? null);
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
          {...(before === null ? {} : { save: (over: number | null) => save.mutate(over) })}
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
          Save
        </FormEnds>
      </Stack>
    </Paper>
  );
}
