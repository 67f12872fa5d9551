// How long people take, as a distribution: the unanswered are in it, or slow answers would look fast.
import { Group, NativeSelect } from '@mantine/core';
import type { Curve, CurveName } from '@relance/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { capital, countText, durationText, shareText } from '../../figure-text.ts';
import { ChartPanel, NotDrawn } from './chart-panel.tsx';
import { CurveChart } from './curve-chart.tsx';
import { curveCsv, curveQuery } from './insight-query.ts';
import { CURVE_NAMES, type InsightSearch } from './insight-search.ts';

const TITLE = 'How long it takes';
/** `done`: what a share of them has; `waits`: what the others do. */
const WORDS: Readonly<Record<CurveName, { readonly label: string; readonly done: string; readonly waits: string }>> = {
  responseTime: {
    label: 'To the first response after a message',
    done: 'of the messages that asked somebody were responded to',
    waits: 'had no response of their own: they still wait, or a later message, somebody else or the end came first',
  },
  timeToAcknowledge: {
    label: 'From opening to the first response',
    done: 'of the follow-ups had a first response',
    waits: 'had none yet, or ended without one',
  },
  timeToResolve: {
    label: 'From opening to resolved',
    done: 'of the follow-ups were resolved',
    waits: 'are not resolved, or ended otherwise',
  },
};

interface Props {
  readonly search: InsightSearch;
  readonly change: (changed: InsightSearch) => void;
}

export function CurvePanel({ search, change }: Props) {
  const of = search.of ?? 'responseTime';
  const queries = useQueryClient();
  const read = useQuery(curveQuery(of, search));
  const { data } = read;
  const curve = data?.rows[0];
  const choice = (
    <Group mb="sm">
      <NativeSelect
        label="Which time"
        size="xs"
        value={of}
        data={CURVE_NAMES.map((value) => ({ value, label: WORDS[value].label }))}
        onChange={(event) => change({ of: CURVE_NAMES.find((one) => one === event.currentTarget.value) })}
      />
    </Group>
  );
  if (curve === undefined) return <NotDrawn title={TITLE} of={read} />;
  const says = sentenceOf(of, curve);
  return (
    <ChartPanel
      title={TITLE}
      of={read}
      says={says}
      table={{
        head: ['After', 'Have', '95 % from', '95 % to', 'Told from'],
        rows: curve.points.map(({ seconds, waiting, lower, upper, atRisk }) => [
          durationText(seconds),
          shareText(1 - waiting),
          shareText(upper === null ? null : 1 - upper),
          shareText(lower === null ? null : 1 - lower),
          countText(atRisk),
        ]),
      }}
      file={{ name: of, csv: () => curveCsv(queries, of, search), json: data }}
    >
      {choice}
      {curve.points.length > 0 && <CurveChart points={curve.points} median={curve.p50} says={says} />}
    </ChartPanel>
  );
}

function sentenceOf(of: CurveName, { n, censored, p50, p90, limits, points }: Curve): string {
  const { done, waits } = WORDS[of];
  if (n === 0) return 'Nothing has been asked of anybody in this period, so there is nothing to wait for.';
  const last = points.at(-1);
  const within = (share: string, at: number | null, limit: { lower: number | null; upper: number | null }): string =>
    at === null
      ? `fewer than ${share} ${done} by now: ${shareText(1 - (last?.waiting ?? 1))} within ${durationText(last?.seconds ?? 0)}`
      : `${share} ${done} within ${durationText(at)} (95 %: ${limit.lower === null ? '?' : durationText(limit.lower)} to ${limit.upper === null ? 'not known yet' : durationText(limit.upper)})`;
  const half = within('half', p50, limits.p50);
  const most =
    p50 === null ? '' : `; ${p90 === null ? 'nine of ten have not by now' : `nine of ten within ${durationText(p90)}`}`;
  return `${capital(half)}${most}. Of ${countText(n)}, ${countText(censored)} ${waits}; the curve counts them for as long as they were seen to wait.`;
}
