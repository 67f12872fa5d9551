// Categories: what policies are about, and what holds for whoever has not chosen. An essential one is told to everybody.

import { Button, Checkbox, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import type { Category } from '@relance/client';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { RemoveButton } from './remove-button.tsx';

const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: async () => (await everyPage(api.categories.list)).items,
});

const FREQUENCIES: Readonly<Record<string, string>> = {
  each: 'as it happens',
  daily: 'once a day',
  weekly: 'once a week',
};

const SUBSCRIBED = { on: 'On unless somebody switches it off', off: 'Off unless somebody switches it on' } as const;

export function Categories() {
  const { data, error } = useQuery(categoriesQuery);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Panel
      title="Categories"
      aside={
        <Button size="xs" variant="default" onClick={() => setOpen('')}>
          New category
        </Button>
      }
    >
      <Stack gap="md">
        {open === '' && <CategoryForm before={null} close={() => setOpen(null)} />}
        {error !== null && <ProblemAlert error={error} />}
        {data === undefined ? (
          error === null && <Pending />
        ) : data.length === 0 ? (
          <Text size="sm" c="dimmed">
            None. A policy says what it is about, as in <code>category: billing</code>; people switch categories off, or
            have them once a day, on their own page of preferences.
          </Text>
        ) : (
          <ul className="settled" aria-label="Categories">
            {data.map((one) => (
              <li key={one.id}>
                <div className="settled-row">
                  <div>
                    <Group gap={8}>
                      <Text fw={600} size="sm">
                        {one.title}
                      </Text>
                      {one.essential && <Word color="orange">Essential</Word>}
                    </Group>
                    {one.title !== one.id && (
                      <Text size="xs" c="dimmed">
                        {one.id}
                      </Text>
                    )}
                    <Text size="sm">{saysOf(one)}</Text>
                  </div>
                  <Group gap="xs">
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={`Change ${one.id}`}
                      aria-expanded={open === one.id}
                      onClick={() => setOpen(open === one.id ? null : one.id)}
                    >
                      Change
                    </Button>
                    <RemoveButton
                      id={one.id}
                      remove={() => api.categories.delete(one.id)}
                      again={categoriesQuery.queryKey}
                    />
                  </Group>
                </div>
                {open === one.id && <CategoryForm before={one} close={() => setOpen(null)} />}
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Panel>
  );
}

function saysOf({ essential, why, defaults: { subscribed, frequency, channels = {} } }: Category): string {
  if (essential) return why ?? 'Told to everybody; nobody switches it off.';
  const off = Object.entries(channels).flatMap(([channel, on]) => (on === false ? [channel] : []));
  const first = subscribed === undefined ? 'On or off as relance.yaml says' : SUBSCRIBED[subscribed ? 'on' : 'off'];
  const often = frequency === undefined ? 'as often as relance.yaml says' : FREQUENCIES[frequency];
  const both = subscribed === undefined && frequency === undefined ? 'As relance.yaml says' : `${first}, ${often}`;
  return `${both}${off.length === 0 ? '' : `, not by ${off.join(', ')}`}.`;
}

interface FormProps {
  readonly before: Category | null;
  readonly close: () => void;
}

interface Typed {
  readonly id: string;
  readonly title: string;
  readonly essential: boolean;
  readonly why: string;
  /** `on`, `off`; empty: as relance.yaml says. */
  readonly subscribed: string;
  readonly frequency: string;
}

const typedOf = (before: Category | null): Typed => ({
  id: before?.id ?? '',
  title: before?.title ?? '',
  essential: before?.essential ?? false,
  why: before?.why ?? '',
  subscribed: before?.defaults.subscribed === undefined ? '' : before.defaults.subscribed ? 'on' : 'off',
  frequency: before?.defaults.frequency ?? '',
});

function CategoryForm({ before, close }: FormProps) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState(typedOf(before));
  const save = useMutation({
    mutationFn: () =>
      api.categories.put(
        typed.id.trim(),
        {
          title: typed.title.trim(),
          essential: typed.essential,
          why: typed.essential && typed.why.trim() !== '' ? typed.why.trim() : null,
          defaults: typed.essential ? {} : defaultsOf(before, typed),
        },
        before === null ? { over: null } : {},
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: categoriesQuery.queryKey });
      close();
    },
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
      aria-label={before === null ? 'A new category' : `Change ${before.id}`}
    >
      <Stack gap="sm">
        {save.error !== null && <ProblemAlert error={save.error} />}
        <CategoryFields typed={typed} fresh={before === null} change={setTyped} />
        <FormEnds busy={save.isPending} close={close}>
          Save
        </FormEnds>
      </Stack>
    </Paper>
  );
}

interface FieldsProps {
  readonly typed: Typed;
  readonly fresh: boolean;
  readonly change: (typed: Typed) => void;
}

function CategoryFields({ typed, fresh, change }: FieldsProps) {
  const words = (name: 'id' | 'title' | 'why' | 'subscribed' | 'frequency') => ({
    value: typed[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ ...typed, [name]: event.currentTarget.value }),
  });
  return (
    <>
      <Group gap="sm" align="flex-end">
        {fresh && <TextInput label="Id" required autoFocus placeholder="billing" {...words('id')} />}
        <TextInput label="Title" required placeholder="Invoices and payments" flex="1 1 220px" {...words('title')} />
      </Group>
      <Checkbox
        label="Essential: told to everybody, as it happens"
        checked={typed.essential}
        onChange={(event) => change({ ...typed, essential: event.currentTarget.checked })}
      />
      {typed.essential ? (
        <TextInput
          label="Why it cannot be switched off"
          placeholder="The law wants you to be told."
          {...words('why')}
        />
      ) : (
        <Group gap="md" align="flex-end">
          <NativeSelect
            label="Whoever has not chosen"
            data={[
              AS_WRITTEN,
              { value: 'on', label: 'Is told, unless they switch it off' },
              { value: 'off', label: 'Is not told, unless they switch it on' },
            ]}
            {...words('subscribed')}
          />
          <NativeSelect
            label="How often"
            data={[AS_WRITTEN, ...Object.entries(FREQUENCIES).map(([value, label]) => ({ value, label }))]}
            {...words('frequency')}
          />
        </Group>
      )}
    </>
  );
}

const AS_WRITTEN = { value: '', label: 'As relance.yaml says' };

/** Channels are as they were: they are not chosen here. */
function defaultsOf(before: Category | null, { subscribed, frequency }: Typed): Category['defaults'] {
  const often = (['each', 'daily', 'weekly'] as const).find((one) => one === frequency);
  const { channels } = before?.defaults ?? {};
  return {
    ...(channels === undefined ? {} : { channels }),
    ...(subscribed === '' ? {} : { subscribed: subscribed === 'on' }),
    ...(often === undefined ? {} : { frequency: often }),
  };
}
