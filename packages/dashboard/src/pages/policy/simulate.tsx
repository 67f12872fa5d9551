// Playing a policy beside its editor: what happens is said in sentences, and what would come of it is shown at once, without anybody
// being told anything.
import { Alert, Button, Group, NativeSelect, Progress, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../shell/panel.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { Coded } from './coded.tsx';
import { Report } from './report.tsx';
import { type PlayAsked, usePlaying } from './use-playing.ts';

/** Many enough that shares are good to a few per cent. */
const RUNS_USUAL = 100;
const RUNS = [1, RUNS_USUAL, 1_000];
/** What people usually ask first. */
const SUGGESTIONS: readonly { readonly label: string; readonly lines: string }[] = [
  { label: 'Nobody answers', lines: '' },
  { label: 'Most resolve within days', lines: 'assignee resolves with 80% after 1 hour..5 days' },
  {
    label: 'They take it, then resolve',
    lines: 'assignee acknowledges after 2 hours\nassignee resolves with 70% after 1 day..6 days',
  },
  { label: 'Mail bounces', lines: 'email bounces for assignee' },
];

interface Wish {
  readonly lines: string;
  readonly runs: number;
  readonly among: PlayAsked['among'];
  /** By the clocks of where the policy counts its time. */
  readonly at: string;
  readonly dueAt: string;
  readonly data: string;
}
const FIRST: Wish = { lines: '', runs: RUNS_USUAL, among: 'tenant', at: '', dueAt: '', data: '' };

/** What the fields say, as the core asks for it; what is no JSON is said. */
function askedOf({ lines, runs, at, dueAt, data, among }: Wish): {
  readonly wanted: PlayAsked;
  readonly trouble: string | null;
} {
  const behaviours = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const known = readData(data);
  return {
    trouble: known.trouble,
    wanted: {
      among,
      asked: {
        runs,
        behaviours,
        ...(at === '' ? {} : { at }),
        ...(dueAt === '' ? {} : { dueAt }),
        ...(known.data === null ? {} : { data: known.data }),
      },
    },
  };
}

function readData(text: string): { readonly data: Record<string, unknown> | null; readonly trouble: string | null } {
  if (text.trim() === '') return { data: null, trouble: null };
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return { data: data as Record<string, unknown>, trouble: null };
    return { data: null, trouble: 'Write a JSON object, such as {"amount": 900}.' };
  } catch (error) {
    return { data: null, trouble: `This is not JSON yet: ${(error as Error).message}` };
  }
}

interface Props {
  readonly text: string;
  /** The names that the tenant has: with others it is played anew. */
  readonly known: unknown;
  readonly example?: string;
}

export function Simulate({ text, known, example }: Props) {
  const [wish, setWish] = useState<Wish>({ ...FIRST, data: example ?? '' });
  const { wanted, trouble } = askedOf(wish);
  const { played, share, error } = usePlaying(text, wanted, known);
  const change = (changed: Partial<Wish>) => setWish((before) => ({ ...before, ...changed }));
  return (
    <Panel title="Simulation" aside={<Text size="xs">Nobody is told anything</Text>}>
      <Stack gap="sm">
        <Fields wish={wish} change={change} trouble={trouble} zone={played?.ok === true ? played.value.zone : null} />
        {/* Always there, so that nothing moves when it is played anew. */}
        <Progress
          value={share === null ? 100 : share * 100}
          size="xs"
          aria-label="How far it is played"
          {...(share === null ? { color: 'gray' } : {})}
          className={share === null ? 'progress done' : 'progress'}
        />
        {error !== null && <ProblemAlert error={error} />}
        {played?.ok === false && (
          <Alert color="gray" variant="light" title="It cannot be played as it stands" role="status">
            {played.problems.slice(0, 3).map(({ path, message }) => (
              <Text size="sm" key={`${path} ${message}`}>
                {path === '' ? '' : `${path}: `}
                <Coded>{message}</Coded>
              </Text>
            ))}
          </Alert>
        )}
        {played?.ok === true && <Report played={played.value} />}
      </Stack>
    </Panel>
  );
}

interface FieldsProps {
  readonly wish: Wish;
  readonly change: (changed: Partial<Wish>) => void;
  readonly trouble: string | null;
  /** Null while it cannot be played: the zone is not known then. */
  readonly zone: string | null;
}

function Fields({ wish, change, trouble, zone }: FieldsProps) {
  const typed = (name: keyof Wish) => ({
    value: String(wish[name]),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  return (
    <>
      <Textarea
        label="What happens"
        description="A sentence a line, as in “assignee acknowledges after 2 hours of notice” or “email bounces”. Without one nobody answers."
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        classNames={{ input: 'code-input' }}
        {...typed('lines')}
      />
      <Group gap={6}>
        {SUGGESTIONS.map(({ label, lines }) => (
          <Button
            key={label}
            size="compact-xs"
            variant={wish.lines === lines ? 'light' : 'default'}
            aria-pressed={wish.lines === lines}
            onClick={() => change({ lines })}
          >
            {label}
          </Button>
        ))}
      </Group>
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label="Played"
          flex="1 1 110px"
          value={String(wish.runs)}
          onChange={(event) => change({ runs: Number(event.currentTarget.value) })}
          data={RUNS.map((runs) => ({ value: String(runs), label: runs === 1 ? 'once' : `${runs} times` }))}
        />
        <NativeSelect
          label="Among"
          flex="1 1 150px"
          value={wish.among}
          onChange={(event) => change({ among: event.currentTarget.value as Wish['among'] })}
          data={[
            { value: 'tenant', label: 'your own people' },
            { value: 'invented', label: 'invented people' },
          ]}
        />
        <TextInput
          type="datetime-local"
          label="Opens"
          description={zone === null ? 'By the clocks of the policy' : `In ${zone}`}
          flex="1 1 170px"
          {...typed('at')}
        />
        <TextInput type="date" label="Due" flex="1 1 130px" {...typed('dueAt')} />
      </Group>
      <details>
        <Text component="summary" size="sm">
          Data of the event that opens it
        </Text>
        <Textarea
          mt={6}
          aria-label="Data of the event, as JSON"
          description="What is not said is invented, so that it opens."
          placeholder='{"amount": 900}'
          autosize
          minRows={3}
          maxRows={10}
          spellCheck={false}
          error={trouble}
          classNames={{ input: 'code-input' }}
          {...typed('data')}
        />
      </details>
    </>
  );
}
