// Insight: what became of the follow-ups that opened in a period and of their messages, as charts with the tables behind them. The
// period and the policy stand in the address. Figures are those of GET /v1/metrics (docs/guide/metrics.md).
import { Alert, Button, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Metrics } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { dateText, durationText, numbered } from '../../figure-text.ts';
import { policyChoicesQuery } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { CurvePanel } from './curve-panel.tsx';
import { Funnel } from './funnel.tsx';
import './insight.css';
import { figuresQuery } from './insight-query.ts';
import { type InsightSearch, PERIOD_USUAL, PERIODS } from './insight-search.ts';
import { InterruptedPanel } from './interrupted-panel.tsx';
import {
  drawDays,
  drawInterruptions,
  drawLevels,
  drawMessages,
  drawPolicies,
  drawTeams,
  FigurePanel,
} from './panels.tsx';
import { SentPanel } from './sent-panel.tsx';
import { Totals } from './totals.tsx';

const route = getRouteApi('/inside/insight');
const CHOSEN = 'chosen';

export function Insight() {
  useTitle('Insight');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: InsightSearch) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  const overview = useQuery(figuresQuery('overview', search));
  const { data, error, refetch } = overview;
  const row = data?.rows[0];
  return (
    <Stack gap="md" maw={1400}>
      <Title order={1}>Insight</Title>
      <Filters search={search} figures={data} change={change} />
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data !== undefined && <Lateness figures={data} seenAt={overview.dataUpdatedAt} />}
      {row === undefined ? (
        error === null && <Pending />
      ) : row.followUps === 0 ? (
        <Nothing search={search} change={change} />
      ) : (
        <>
          <Totals row={row} />
          <FigurePanel
            title="Opened, and what became of it"
            question="overview"
            groupBy="day"
            search={search}
            draw={drawDays}
          />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <CurvePanel search={search} change={change} />
            <FigurePanel title="What became of messages" question="channels" search={search} draw={drawMessages(row)} />
            <Funnel search={search} />
            <Stack gap="md">
              <FigurePanel title="Escalations" question="escalations" search={search} draw={drawLevels} />
              <FigurePanel title="Interruptions" question="overview" search={search} draw={drawInterruptions} />
            </Stack>
          </SimpleGrid>
          <InterruptedPanel search={search} />
          <SentPanel search={search} change={change} />
          <FigurePanel title="By policy" question="policies" search={search} draw={drawPolicies} />
          <FigurePanel title="By team" question="overview" groupBy="team" search={search} draw={drawTeams} />
        </>
      )}
    </Stack>
  );
}

interface FilterProps {
  readonly search: InsightSearch;
  readonly figures: Metrics | undefined;
  readonly change: (changed: InsightSearch) => void;
}

function Filters({ search, figures, change }: FilterProps) {
  const policies = useQuery(policyChoicesQuery).data?.items ?? [];
  const chosen = search.from !== undefined || search.to !== undefined;
  const named = policies.map(({ id, title }) => ({ value: String(id), label: String(title) }));
  const { policy } = search;
  const known =
    policy === undefined || named.some(({ value }) => value === policy)
      ? named
      : [...named, { value: policy, label: policy }];
  const choose = (value: string) =>
    value === CHOSEN
      ? change({ days: undefined, from: figures?.from, to: figures?.to })
      : change({ days: PERIODS.find((one) => String(one) === value), from: undefined, to: undefined });
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        label="Period"
        flex="0 1 190px"
        value={chosen ? CHOSEN : String(search.days ?? PERIOD_USUAL)}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          ...PERIODS.map((days) => ({ value: String(days), label: `The last ${days} days` })),
          { value: CHOSEN, label: 'From a day to a day' },
        ]}
      />
      {chosen && (
        <>
          <DayField label="From" value={search.from} change={(from) => change({ from })} />
          <DayField label="To" value={search.to} change={(to) => change({ to })} />
        </>
      )}
      <NativeSelect
        label="Policy"
        flex="0 1 220px"
        value={policy ?? ''}
        onChange={(event) =>
          change({ policy: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
        }
        data={[{ value: '', label: 'Every policy' }, ...known]}
      />
    </Group>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly change: (day: string | undefined) => void;
}

function DayField({ label, value, change }: DayFieldProps) {
  return (
    <TextInput
      label={label}
      type="date"
      flex="0 1 160px"
      value={value ?? ''}
      onChange={(event) => change(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

/** Figures that are further behind are not those of now. */
const BEHIND_MS = 120_000;
const SECOND_MS = 1_000;

function Lateness({
  figures: { from, to, zone, asOf },
  seenAt,
}: {
  readonly figures: Metrics;
  readonly seenAt: number;
}) {
  const behindMs = seenAt - Date.parse(asOf);
  return (
    <>
      <Text size="sm" c="dimmed">
        Follow-ups that opened from {dateText(from)} to {dateText(to)}, in days of {zone}. What happens to them later
        changes their figures.
      </Text>
      {behindMs > BEHIND_MS && (
        <Alert color="orange" variant="light" title="Figures are behind" role="status">
          What changed in the last {durationText(Math.round(behindMs / SECOND_MS))} is not counted yet; the server is at
          it.
        </Alert>
      )}
    </>
  );
}

function Nothing({
  search,
  change,
}: {
  readonly search: InsightSearch;
  readonly change: (changed: InsightSearch) => void;
}) {
  const filtered = search.policy !== undefined;
  return (
    <Stack align="flex-start" gap="xs" py="xl">
      <Title order={2}>Nothing opened in this period</Title>
      <Text c="dimmed" maw={620}>
        Figures begin with the first follow-up, and are there at once: how many were resolved and after which stage, how
        long people take to respond with the unanswered counted, what became of every message, and at which hours people
        were interrupted. They are of the follow-ups that opened in the period.
      </Text>
      {filtered && (
        <Button variant="default" onClick={() => change({ policy: undefined })}>
          Every policy
        </Button>
      )}
      {search.days !== 365 && (
        <Button variant="default" onClick={() => change({ days: 365, from: undefined, to: undefined })}>
          {`Look at ${numbered(365, 'day')}`}
        </Button>
      )}
    </Stack>
  );
}
