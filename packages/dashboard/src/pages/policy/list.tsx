// Every policy with its health: what is live of it, what needs somebody, how the last 30 days went, and what checking it says.
import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import type { ListedPolicy, MetricRow, PolicyStanding } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { policiesQuery } from '../../queries.ts';
import { Icon } from '../../shell/icon.tsx';
import { NotAll } from '../../shell/not-all.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import './policy.css';
import { durationText, shareText } from '../../figure-text.ts';
import { checkQuery, figuresQuery, policyQuery, standingsQuery } from './policy-query.ts';

export function Policies() {
  useTitle('Policies');
  const { data, error, refetch } = useQuery(policiesQuery);
  const items = data?.items;
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between">
        <Title order={1}>Policies</Title>
        {items !== undefined && items.length > 0 && <NewButton />}
      </Group>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data !== undefined && <NotAll of={data} />}
      {items === undefined ? error === null && <Pending /> : items.length === 0 ? <Nothing /> : <Rows items={items} />}
    </Stack>
  );
}

const NewButton = () => (
  <Button renderRoot={(props) => <Link to="/new-policy" {...props} />} leftSection={<Icon name="plus" size={16} />}>
    New policy
  </Button>
);

function Nothing() {
  return (
    <Stack align="flex-start" gap="sm" py="lg" maw={640}>
      <Title order={2}>No policy is published</Title>
      <Text>
        A policy is the rule that a follow-up goes by: which events open and end it, who is asked, when they are
        reminded and on which channels, and who takes over when they do not answer. It is written in YAML, checked
        before it is published, and can be played here before anybody is told anything.
      </Text>
      <Text c="dimmed">
        Some are ready to be taken: invoices, approvals, tickets, incidents, renewals, onboarding. A project folder with
        policies is published by <code>relance apply</code>.
      </Text>
      <NewButton />
    </Stack>
  );
}

function Rows({ items }: { readonly items: readonly ListedPolicy[] }) {
  const standings = useQuery(standingsQuery);
  const figures = useQuery(figuresQuery);
  return (
    <>
      {standings.error !== null && <ProblemAlert error={standings.error} again={() => void standings.refetch()} />}
      {figures.error !== null && <ProblemAlert error={figures.error} again={() => void figures.refetch()} />}
      <ul className="policies" aria-label="Policies">
        {items.map((item) => (
          <Row
            key={item.id}
            item={item}
            standing={standings.data?.get(item.id) ?? (standings.data === undefined ? null : NOTHING_LIVE)}
            row={figures.data?.get(item.id) ?? null}
          />
        ))}
      </ul>
    </>
  );
}

type Standing = Omit<PolicyStanding, 'policy'>;
const NOTHING_LIVE: Standing = { open: 0, acknowledged: 0, overdue: 0, attention: 0 };

interface RowProps {
  readonly item: ListedPolicy;
  readonly standing: Standing | null;
  readonly row: MetricRow | null;
}

function Row({ item, standing, row }: RowProps) {
  const id = item.id;
  const { description, stages } = item.policy as {
    readonly description?: string;
    readonly stages?: readonly unknown[];
  };
  const count = stages?.length ?? 0;
  return (
    <Paper withBorder p="md" component="li" className="policy-row">
      <div className="policy-what">
        <PageLink to="/policies/$id" params={{ id }} fw={600}>
          {item.title}
        </PageLink>
        <Text size="xs" c="dimmed">
          {id} · version {item.version} · {count} {count === 1 ? 'stage' : 'stages'}
        </Text>
        {description !== undefined && description !== '' && (
          <Text size="sm" lineClamp={2}>
            {description}
          </Text>
        )}
        <Checked id={id} />
      </div>
      <Live id={id} standing={standing} />
      <Figures row={row} />
    </Paper>
  );
}

function Live({ id, standing }: { readonly id: string; readonly standing: Standing | null }) {
  if (standing === null) return <div className="policy-numbers" />;
  const { open, acknowledged, attention, overdue } = standing;
  return (
    <div className="policy-numbers">
      <Figure name="Live">
        <Link to="/follow-ups" search={{ policy: id }} className="policy-link">
          {open + acknowledged}
        </Link>
      </Figure>
      <Figure name="Need attention" alarming={attention > 0}>
        <Link to="/follow-ups" search={{ policy: id, show: 'attention' }} className="policy-link">
          {attention}
        </Link>
      </Figure>
      <Figure name="Overdue" alarming={overdue > 0}>
        <Link to="/follow-ups" search={{ policy: id, overdue: true }} className="policy-link">
          {overdue}
        </Link>
      </Figure>
    </div>
  );
}

function Figures({ row }: { readonly row: MetricRow | null }) {
  if (row === null || row.followUps === 0)
    return (
      <Text size="sm" c="dimmed">
        None opened in the last 30 days
      </Text>
    );
  return (
    <div className="policy-numbers four">
      <Figure name="Opened, 30 days">{row.followUps}</Figure>
      <Figure name="Resolved">{shareText(row.conversionRate)}</Figure>
      <Figure name="Escalated">{shareText(row.escalationRate)}</Figure>
      <Figure name="Half resolved in">{durationText(row.timeToResolve.p50)}</Figure>
    </div>
  );
}

interface FigureProps {
  readonly name: string;
  readonly alarming?: boolean;
  readonly children: ReactNode;
}

const Figure = ({ name, alarming = false, children }: FigureProps) => (
  <div className={alarming ? 'figure alarming' : 'figure'}>
    <Text component="span" size="xs" className="figure-name">
      {name}
    </Text>
    <span className="figure-number">{children}</span>
  </div>
);

/** Asked when its row is seen: a check looks at every person a policy may come to. */
function Checked({ id }: { readonly id: string }) {
  const { ref, entry } = useIntersection();
  const seen = entry?.isIntersecting === true;
  const policy = useQuery({ ...policyQuery(id), enabled: seen, refetchInterval: false });
  const { data } = useQuery({ ...checkQuery(policy.data?.yaml ?? ''), enabled: seen && policy.data !== undefined });
  const count = data === undefined ? 0 : data.errors.length + data.warnings.length;
  return (
    <div ref={ref} className="policy-checked">
      {data !== undefined &&
        (count === 0 ? (
          <Text size="xs" c="dimmed">
            <Icon name="check" size={12} /> Checked: nothing to mend
          </Text>
        ) : (
          <Anchor
            size="xs"
            renderRoot={(props) => <Link to="/policies/$id" params={{ id }} search={{ part: 'check' }} {...props} />}
          >
            <Word color={data.ok ? 'orange' : 'red'}>{`${count} ${wordOf(data.ok, count)}`}</Word>
          </Anchor>
        ))}
    </div>
  );
}
const wordOf = (ok: boolean, count: number): string => `${ok ? 'warning' : 'error'}${count === 1 ? '' : 's'}`;
