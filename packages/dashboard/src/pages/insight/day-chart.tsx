// Follow-ups by the day on which they opened, and what has become of them by now. Long periods are drawn by the week.
import { useElementSize } from '@mantine/hooks';
import type { MetricRow, Metrics } from '@relance/client';
import { countText, shortDateText } from '../../figure-text.ts';

const HEIGHT = 210;
const ROOM = { left: 40, right: 10, top: 10, bottom: 26 };
const DAY_MS = 86_400_000;
const DAYS_MAX = 62;
const LABEL_PX = 74;

export const FATES = ['resolved', 'open', 'expired', 'cancelled'] as const;
export type Fate = (typeof FATES)[number];
export const FATE_NAMES: Readonly<Record<Fate, string>> = {
  resolved: 'Resolved',
  open: 'Still open',
  expired: 'Expired',
  cancelled: 'Cancelled',
};

export interface Column {
  /** Its first day. */
  readonly day: string;
  readonly counts: Readonly<Record<Fate, number>>;
}

/** Every day of the window, also those on which nothing opened; by sevens where there are many. */
export function columnsOf({ from, to, rows }: Metrics): {
  readonly columns: readonly Column[];
  readonly weekly: boolean;
} {
  const known = new Map(rows.map((row) => [row.day, row]));
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  const weekly = days.length > DAYS_MAX;
  const step = weekly ? 7 : 1;
  const columns: Column[] = [];
  for (let index = 0; index < days.length; index += step)
    columns.push({
      day: days[index] ?? from,
      counts: sumOf(days.slice(index, index + step).map((day) => known.get(day))),
    });
  return { columns, weekly };
}

const sumOf = (rows: readonly (MetricRow | undefined)[]): Column['counts'] => {
  const of = (fate: Fate): number => rows.reduce((sum, row) => sum + (row?.[fate] ?? 0), 0);
  return { resolved: of('resolved'), open: of('open'), expired: of('expired'), cancelled: of('cancelled') };
};

/** Halves of them are counts as well. */
const STEPS = [1, 2, 4, 6];
/** A round number that is at least so high. */
function topOf(highest: number): number {
  for (let ten = 1; ; ten *= 10) for (const step of STEPS) if (step * ten >= highest) return step * ten;
}

export function DayChart({ columns, says }: { readonly columns: readonly Column[]; readonly says: string }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const top = topOf(Math.max(1, ...columns.map(({ counts }) => FATES.reduce((sum, fate) => sum + counts[fate], 0))));
  const y = (count: number): number => ROOM.top + (1 - count / top) * (HEIGHT - ROOM.top - ROOM.bottom);
  const each = (width - ROOM.left - ROOM.right) / columns.length;
  const labelled = Math.max(1, Math.ceil(LABEL_PX / Math.max(1, each)));
  const ticks = top === 1 ? [0, 1] : [0, top / 2, top];
  return (
    <>
      <ul className="legend">
        {FATES.map((fate) => (
          <li key={fate}>
            <span className={`swatch ${fate}`} />
            {FATE_NAMES[fate]}
          </li>
        ))}
      </ul>
      <div ref={ref}>
        {width > 0 && (
          <svg className="chart" role="img" aria-label={says} width={width} height={HEIGHT}>
            {ticks.map((count) => (
              <g key={count}>
                <line className="grid" x1={ROOM.left} x2={width - ROOM.right} y1={y(count)} y2={y(count)} />
                <text x={ROOM.left - 8} y={y(count) + 4} textAnchor="end">
                  {countText(count)}
                </text>
              </g>
            ))}
            {columns.map((column, index) => (
              <Stack key={column.day} column={column} x={ROOM.left + index * each} width={each} y={y} />
            ))}
            {columns.map(({ day }, index) =>
              index % labelled === 0 && ROOM.left + index * each < width - LABEL_PX / 2 ? (
                <text key={day} x={ROOM.left + (index + 0.5) * each} y={HEIGHT - 8} textAnchor="middle">
                  {shortDateText(day)}
                </text>
              ) : null,
            )}
          </svg>
        )}
      </div>
    </>
  );
}

interface StackProps {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
  readonly y: (count: number) => number;
}

function Stack({ column: { day, counts }, x, width, y }: StackProps) {
  const gap = Math.min(4, width * 0.2);
  let below = 0;
  return FATES.map((fate) => {
    const from = below;
    below += counts[fate];
    return counts[fate] === 0 ? null : (
      <rect
        key={fate}
        className={fate}
        x={x + gap / 2}
        width={Math.max(1, width - gap)}
        y={y(below)}
        height={y(from) - y(below)}
      >
        <title>{`${shortDateText(day)}: ${FATE_NAMES[fate]} ${countText(counts[fate])}`}</title>
      </rect>
    );
  });
}
