// How far follow-ups come on their way through the stages of their policy, and after which of them they are resolved.
import type { MetricRow } from '@relance/client';
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { countText, durationText, shareOf, shareText } from '../../figure-text.ts';
import { Bars } from './bars.tsx';
import { ChartPanel, NotDrawn } from './chart-panel.tsx';
import { figuresCsv, figuresQuery } from './insight-query.ts';
import type { InsightSearch } from './insight-search.ts';
import { countAndShare } from './panels.tsx';

const TITLE = 'Through the stages';
/** Those in which most happens; a filter shows any other. */
const POLICIES_MAX = 4;

/** In the order in which they are written; null where the policy is gone. */
const stagesQuery = (policy: string) => ({
  queryKey: ['policies', 'stages', policy],
  queryFn: async (): Promise<readonly string[] | null> => {
    const found = await api.policies.get(policy).catch(() => null);
    const { stages = [] } = (found?.policy ?? {}) as { readonly stages?: readonly { readonly id?: string }[] };
    return found === null ? null : stages.flatMap(({ id }) => id ?? []);
  },
  staleTime: 60_000,
  refetchInterval: false as const,
});

export function Funnel({ search }: { readonly search: InsightSearch }) {
  const queries = useQueryClient();
  const stages = useQuery(figuresQuery('stages', search));
  const policies = useQuery(figuresQuery('policies', search));
  const shown = (policies.data?.rows ?? [])
    .toSorted((a, b) => b.followUps - a.followUps)
    .slice(0, POLICIES_MAX)
    .map(({ policy, followUps }) => ({ policy: policy ?? '', opened: followUps }));
  const orders = useQueries({ queries: shown.map(({ policy }) => stagesQuery(policy)) });
  const read = {
    error: stages.error ?? policies.error,
    refetch: () => Promise.all([stages.refetch(), policies.refetch()]),
  };
  if (stages.data === undefined || policies.data === undefined) return <NotDrawn title={TITLE} of={read} />;
  const { rows } = stages.data;
  const funnels = shown.map(({ policy, opened }, index) => ({
    policy,
    opened,
    rows: ordered(rows, policy, orders[index]?.data ?? []),
  }));
  return (
    <ChartPanel
      title={TITLE}
      of={read}
      says={saysOf(rows, policies.data.rows.length)}
      table={{
        head: [
          'Stage',
          'Ran',
          'Resolved after it',
          'Messages',
          'Acted upon',
          'Half respond within',
          'Nine of ten within',
        ],
        rows: funnels.flatMap((one) =>
          one.rows.map((row) => [
            `${one.policy}: ${row.stage}`,
            countText(row.followUps),
            shareText(row.conversionRate),
            countText(row.messages),
            shareText(row.actedRate),
            durationText(row.responseTime.p50),
            durationText(row.responseTime.p90),
          ]),
        ),
      }}
      file={{ name: 'stages', csv: () => figuresCsv(queries, 'stages', search), json: stages.data }}
    >
      {funnels.map(({ policy, opened, rows: own }) => (
        <div key={policy} className="funnel">
          <h3 className="funnel-name">{policy}</h3>
          <Bars
            label={`Stages of ${policy}`}
            bars={[
              { name: 'Opened', share: 1, tone: 'quiet', value: countText(opened) },
              ...own.map((row) => ({
                name: row.stage ?? '',
                note: `${shareText(row.conversionRate)} resolved after it${row.responseTime.p50 === null ? '' : `, half respond within ${durationText(row.responseTime.p50)}`}`,
                share: shareOf(row.followUps, opened) ?? 0,
                part: row.conversionRate ?? 0,
                value: countAndShare(row.followUps, opened),
              })),
            ]}
          />
        </div>
      ))}
    </ChartPanel>
  );
}

const saysOf = (rows: readonly MetricRow[], policies: number): string =>
  rows.length === 0
    ? 'No stage has run in this period.'
    : `How many of those that opened came to each stage; the full part of a bar was resolved after it and before the next.${policies > POLICIES_MAX ? ` The ${POLICIES_MAX} policies in which most happened are shown; the filter shows any other.` : ''}`;

/** As the policy has them now; what it has no more comes last. Closing messages are no stages. */
function ordered(rows: readonly MetricRow[], policy: string, order: readonly string[]): readonly MetricRow[] {
  const placeOf = ({ stage = '' }: MetricRow): number => {
    const place = order.indexOf(stage);
    return place < 0 ? order.length : place;
  };
  return rows.filter((row) => row.policy === policy && row.followUps > 0).toSorted((a, b) => placeOf(a) - placeOf(b));
}
