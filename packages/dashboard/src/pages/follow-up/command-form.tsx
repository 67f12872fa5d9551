// What one command asks for, an answer as its policy describes it. Times are typed in the zone of this browser, which is named; people
// are found by name, address or id.

import { NativeSelect, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import type { CommandBody } from '@relance/client';
import { type FormEvent, useState } from 'react';
import { localToRfc3339 } from '../../local-time.ts';
import { ZONE } from '../../moment.tsx';
import { PersonField } from '../../person-field.tsx';
import { SchemaFields, type Typed } from '../../schema-fields.tsx';
import { onEscape } from '../../shell/escape.ts';
import { fieldProblems } from '../../shell/field-problem.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import {
  answerFields,
  answerOf,
  answerProblems,
  answerTyped,
  bodyOf,
  type Field,
  type OfferedCommand,
} from './command.ts';

interface Props {
  readonly command: OfferedCommand;
  readonly busy: boolean;
  /** What the server refused. */
  readonly error?: Error | null;
  readonly run: (body: CommandBody) => void;
  readonly close: () => void;
}

export function CommandForm({ command, busy, error = null, run, close }: Props) {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const { answer } = command;
  const [answered, setAnswered] = useState<Typed>(() => (answer === undefined ? {} : answerTyped(answer)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const said = bodyOf(command.fields, typed, localToRfc3339) as CommandBody;
    run(answer === undefined ? said : { ...said, answer: answerOf(answer, answered) });
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} onKeyDown={onEscape(close)}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{command.label}</Title>
          <Text size="sm" c="dimmed">
            {command.says}
          </Text>
        </div>
        {answer !== undefined && (
          <SchemaFields
            schema={answerFields(answer)}
            typed={answered}
            focus
            errors={answerProblems(answer, fieldProblems(error))}
            change={setAnswered}
          />
        )}
        {command.fields.map((field, index) => (
          <Asked
            key={field.name}
            field={field}
            first={index === 0 && answer === undefined}
            value={typed[field.name] ?? ''}
            change={(value) => setTyped({ ...typed, [field.name]: value })}
          />
        ))}
        <FormEnds busy={busy} close={close}>
          {command.label}
        </FormEnds>
      </Stack>
    </Paper>
  );
}

interface AskedProps {
  readonly field: Field;
  readonly first: boolean;
  readonly value: string;
  readonly change: (value: string) => void;
}

function Asked({ field, first, value, change }: AskedProps) {
  const all = { label: field.label, required: field.required, value, autoFocus: first };
  const onChange = (event: { readonly currentTarget: { readonly value: string } }) => change(event.currentTarget.value);
  switch (field.kind) {
    case 'moment':
      return <TextInput {...all} type="datetime-local" description={`In ${ZONE}.`} maw={320} onChange={onChange} />;
    case 'person':
      return <PersonField {...all} change={change} />;
    case 'why':
      return (
        <NativeSelect
          {...all}
          value={value}
          maw={320}
          onChange={onChange}
          data={[
            { value: '', label: 'Choose' },
            { value: 'declined', label: 'They do not want to do it' },
            { value: 'wrong_person', label: 'They are the wrong person' },
          ]}
        />
      );
    case 'line':
      return <TextInput {...all} maw={320} maxLength={100} onChange={onChange} />;
    case 'words':
      return <Textarea {...all} autosize minRows={2} maxRows={10} maxLength={4_000} onChange={onChange} />;
  }
}
