// Where a policy is written: the editor with problems in their place, publishing with the server's answer, and the simulation beside it.
// Nothing that is written is lost: not by an error, a reload, or a session that ends.
import { Alert, Button, Grid, Group, Stack, Text } from '@mantine/core';
import type { PolicyAnswer } from '@relance/client';
import { RelanceProblem } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useMemo, useRef } from 'react';
import { api } from '../../api.ts';
import { overtakenBy } from '../../overtaken.ts';
import { NotSaved } from '../../shell/not-saved.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { type OvertakenState, savingWords, thereOf, useOvertaken } from '../../shell/use-overtaken.ts';
import { Coded } from './coded.tsx';
import { type Draft, useDraft } from './draft.ts';
import type { KnownNames } from './offers.ts';
import type { EditorHandle } from './plain-text.tsx';
import { namesQuery, policyQuery, schemaQuery, versionsQuery } from './policy-query.ts';
import { PolicyText } from './policy-text.tsx';
import { Problems, type Told } from './problems.tsx';
import { Simulate } from './simulate.tsx';
import { useReading } from './use-reading.ts';

const route = getRouteApi('/inside');

interface Props {
  /** Null: a new one, which its text names. */
  readonly id: string | null;
  /** Under what a draft is kept; that of a policy is under its id. */
  readonly kept?: string;
  /** The version that is published. */
  readonly version: number | null;
  readonly published: string;
  /** Data of an event that opens it, as JSON. */
  readonly example?: string;
  /** Of a new one: what stands beside the editor before it can be published. */
  readonly beside?: ReactNode;
  readonly done?: (answer: PolicyAnswer) => void;
}

const NO_NAMES: Omit<KnownNames, 'stages' | 'categories'> = { groups: [], schedules: [], calendars: [], templates: [] };

export function Workbench({ id, kept = id ?? 'new', version, published, example, beside, done }: Props) {
  const { tenant } = route.useRouteContext().session;
  const draft = useDraft(tenant, kept, { text: published, version });
  const { text } = draft;
  const read = useReading(text);
  const schema = useQuery(schemaQuery);
  const known = useQuery(namesQuery).data ?? NO_NAMES;
  const editor = useRef<EditorHandle>(null);
  const { publish, overtaken, send } = usePublishing({ id, version, draft, read, done });
  const stages = read.reading?.policy?.stages;
  const names = useMemo(() => ({ ...known, stages: stages ?? [], categories: [] }), [known, stages]);
  // What the server has refused, until the text is another or its check says something newer.
  const said = publish.variables?.said === text ? publish.error : null;
  const refused = overtakenBy(said) === null && publish.submittedAt > read.checkedAt ? said : null;
  const problems = refused === null ? read.problems : refusedFor(refused, read.problems);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack gap="sm">
          <Above
            draft={draft}
            version={version}
            discard={() => {
              overtaken.settled();
              draft.discard();
            }}
            publish={send}
            publishes={savingWords('Publish', overtaken)}
            pending={publish.isPending}
          />
          {id !== null && <PublishedElsewhere id={id} />}
          {refused !== null && <ProblemAlert error={refused} />}
          <PolicyOvertaken id={id} text={text} sent={publish.variables?.said ?? ''} overtaken={overtaken} />
          {publish.data !== undefined && !draft.changed && (
            <Published answer={publish.data} before={publish.context?.before ?? null} />
          )}
          {read.error !== null && <ProblemAlert error={read.error} />}
          <PolicyText
            begun={draft.begun}
            ref={editor}
            text={text}
            problems={problems}
            schema={schema.data ?? null}
            names={names}
            change={draft.write}
            save={send}
          />
          <Found read={read} problems={problems} goTo={(line, column) => editor.current?.goTo(line, column)} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack gap="md">
          {beside}
          <Simulate text={text} known={known} {...(example === undefined ? {} : { example })} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

interface Publishing {
  readonly said: string;
  /** What it was begun from, or what one has seen since. */
  readonly over: number | null;
}

interface PublishingProps extends Pick<Props, 'id' | 'version'> {
  readonly draft: Draft;
  readonly read: ReturnType<typeof useReading>;
  readonly done: Props['done'];
}

function usePublishing({ id, version, draft, read, done }: PublishingProps) {
  const queries = useQueryClient();
  const overtaken = useOvertaken(draft.from);
  const publish = useMutation({
    mutationFn: ({ said, over }: Publishing) => {
      // What has just been written is not read yet.
      const own = id ?? idIn(said) ?? read.reading?.policy?.id;
      if (own === undefined) throw new Error('The policy has no id yet: begin it with `policy: <id>`.');
      return api.policies.put(own, said, { over });
    },
    onMutate: () => ({ before: version }),
    onError: overtaken.failed,
    onSuccess: async (answer, { said }) => {
      overtaken.settled();
      draft.sent(said, answer);
      await queries.invalidateQueries({ queryKey: ['policies'] });
      done?.(answer);
    },
  });
  const send = () => {
    // What is written meanwhile waits until it is known over which version it goes.
    if (!publish.isPending) publish.mutate({ said: draft.text, over: overtaken.over });
  };
  return { publish, overtaken, send };
}

interface OvertakenProps {
  readonly id: string | null;
  readonly text: string;
  /** What was to be published. */
  readonly sent: string;
  readonly overtaken: OvertakenState;
}

/** Until it is published or given up; of a new one until it has another id. */
function PolicyOvertaken({ id, text, sent, overtaken }: OvertakenProps) {
  const queries = useQueryClient();
  if (id === null && idIn(sent) !== idIn(text)) return null;
  const look = () => thereOf(queries.fetchQuery({ ...policyQuery(id ?? ''), staleTime: 0 }), ({ yaml }) => yaml);
  // What is refused for another reason is said in its places.
  return (
    <NotSaved
      word="Publish"
      error={null}
      overtaken={overtaken}
      mine={text}
      look={look}
      {...(id === null ? { taken: TAKEN } : {})}
    />
  );
}

const TAKEN =
  'Give this one an id of its own, in the line that begins with policy:, or go to the one that there is and change that.';

/** As it names itself, however much of the rest can be read. */
const idIn = (text: string): string | undefined => /^policy:[ \t]*([\w.-]+)/m.exec(text)?.[1];

interface AboveProps {
  readonly draft: Draft;
  readonly version: number | null;
  readonly discard: () => void;
  readonly publish: () => void;
  /** On its button. */
  readonly publishes: string;
  readonly pending: boolean;
}

/** How the text stands, and what can be done with it. */
function Above({ draft: { changed }, version, discard, publish, publishes, pending }: AboveProps) {
  return (
    <Group justify="space-between" gap="xs">
      <Standing changed={changed} version={version} />
      <Group gap="xs">
        {changed && (
          <Button variant="default" size="sm" onClick={discard} disabled={pending}>
            Discard changes
          </Button>
        )}
        <Button size="sm" onClick={publish} loading={pending} disabled={!changed && version !== null}>
          {publishes}
        </Button>
      </Group>
    </Group>
  );
}

/**
 * A folder publishes its own again whenever it is applied: what is published here is gone then. Whether it still is, nobody here knows;
 * which version it was that came from one, is known.
 */
function PublishedElsewhere({ id }: { readonly id: string }) {
  const { data = [] } = useQuery(versionsQuery(id)); // the newest first
  const last = data.find(({ createdBy }) => createdBy === 'project');
  return last === undefined ? null : (
    <Text size="sm">
      Version {last.version} was published by a project folder. Where the server still starts with that, the folder
      publishes its own again: change it there too.
    </Text>
  );
}

/** What the server has refused, with its places; what it does not say in parts is what was known before. */
function refusedFor(error: Error, before: readonly Told[]): readonly Told[] {
  const errors = error instanceof RelanceProblem ? error.body.errors : undefined;
  return Array.isArray(errors) && errors.length > 0 ? (errors as readonly Told[]) : before;
}

function Standing({ changed, version }: { readonly changed: boolean; readonly version: number | null }) {
  return (
    <Text size="sm" c="dimmed" role="status">
      {version === null
        ? 'Not published yet. What you write is kept in this tab.'
        : changed
          ? 'Changes that are not published are kept in this tab.'
          : `As published: version ${version}`}
    </Text>
  );
}

function Published({ answer, before }: { readonly answer: PolicyAnswer; readonly before: number | null }) {
  const same = answer.version === before;
  return (
    <Alert
      color="gray"
      variant="light"
      role="status"
      title={same ? `Still version ${answer.version}` : `Version ${answer.version} is published`}
    >
      {same
        ? 'It is what was published before.'
        : 'Follow-ups that open from now on go by it; those that are open stay with theirs.'}
      {answer.warnings.length > 0 && (
        <ul className="problems">
          {answer.warnings.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path}: <Coded>{message}</Coded>
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

interface FoundProps {
  readonly read: ReturnType<typeof useReading>;
  readonly problems: readonly Told[];
  readonly goTo: (line: number, column: number) => void;
}

function Found({ read, problems, goTo }: FoundProps) {
  const { reading, check, checkError } = read;
  if (problems.length > 0) return <Problems problems={problems} goTo={goTo} />;
  if (checkError !== null) return <ProblemAlert error={checkError} />;
  if (reading === null) return null;
  return (
    <Text size="sm" c="dimmed" role="status">
      {check === null ? 'Checking with the server …' : 'Checked: it can be published.'}
    </Text>
  );
}
