// What an override says, typed: from when to when, who, and in whose place. It is laid over the schedule by overrides.tsx.

import { NativeSelect, Paper, Stack, TextInput } from '@mantine/core';
import type { Schedule } from '@relance/client';
import { type FormEvent, useState } from 'react';
import { PersonField } from '../../person-field.tsx';
import { onEscape } from '../../shell/escape.ts';
import { fieldProblems } from '../../shell/field-problem.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';

export interface Typed {
  readonly from: string;
  readonly to: string;
  readonly who: string;
  readonly replaces: string;
  readonly level: string;
}

interface Props {
  readonly schedule: Schedule;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly add: (typed: Typed) => void;
  readonly close: () => void;
}

export function OverrideForm({ schedule, busy, error, add, close }: Props) {
  const { timeZone: zone, layers = [] } = schedule;
  const [typed, setTyped] = useState<Typed>({ from: '', to: '', who: '', replaces: '', level: '' });
  const problems = fieldProblems(error);
  const problemOf = (field: string): string | null =>
    [...problems].find(([path]) => path.startsWith('overrides.') && path.endsWith(`.${field}`))?.[1] ?? null;
  const levels = [...new Set([1, ...layers.map(({ level = 1 }) => level)])].sort((a, b) => a - b);
  const set = (changed: Partial<typeof typed>) => setTyped({ ...typed, ...changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add(typed);
  };
  const line = (name: keyof typeof typed) => ({
    value: typed[name],
    error: problemOf(name),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set({ [name]: event.currentTarget.value }),
  });
  return (
    <Paper
      withBorder
      p="sm"
      component="form"
      aria-label="Add an override"
      onSubmit={submit}
      onKeyDown={onEscape(close)}
    >
      <Stack gap="sm">
        {error !== null && <ProblemAlert error={error} />}
        <TextInput
          label="From"
          type="datetime-local"
          required
          autoFocus
          description={`In ${zone}.`}
          {...line('from')}
        />
        <TextInput label="To" type="datetime-local" required description={`In ${zone}.`} {...line('to')} />
        <PersonField
          label="Who (empty: nobody)"
          required={false}
          value={typed.who}
          error={problemOf('recipient') ?? problemOf('recipients')}
          change={(who) => set({ who })}
        />
        <PersonField
          label="Only in the place of (empty: of everybody)"
          required={false}
          value={typed.replaces}
          error={problemOf('replaces')}
          change={(replaces) => set({ replaces })}
        />
        {levels.length > 1 && (
          <NativeSelect
            label="Level"
            maw={320}
            data={[
              { value: '', label: typed.replaces === '' ? '1' : 'Every level' },
              ...levels.map((level) => ({ value: String(level), label: `Level ${level}` })),
            ]}
            {...line('level')}
          />
        )}
        <FormEnds busy={busy} close={close}>
          Add
        </FormEnds>
      </Stack>
    </Paper>
  );
}
