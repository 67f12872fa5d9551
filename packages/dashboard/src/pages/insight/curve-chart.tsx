// A Kaplan–Meier curve as it is easiest to read: which share has done it after so long, with the band in which the truth lies at 95 %.
// Time is drawn by orders of magnitude, since some answer within minutes and some within weeks.
import { useElementSize } from '@mantine/hooks';
import type { CurvePoint } from '@relance/client';
import { durationText, wholeShareText } from '../../figure-text.ts';

const HEIGHT = 250;
const ROOM = { left: 46, right: 14, top: 14, bottom: 28 };
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICKS = [1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3_650 * DAY];
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const TICK_PX = 58;

interface Props {
  readonly points: readonly CurvePoint[];
  readonly median: number | null;
  readonly says: string;
}

export function CurveChart({ points, median, says }: Props) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const { x, ticks } = timeAxis(points, width);
  const y = (share: number): number => ROOM.top + (1 - share) * (HEIGHT - ROOM.top - ROOM.bottom);
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className="chart" role="img" aria-label={says} width={width} height={HEIGHT}>
          {SHARES.map((share) => (
            <g key={share}>
              <line className="grid" x1={ROOM.left} x2={width - ROOM.right} y1={y(share)} y2={y(share)} />
              <text x={ROOM.left - 8} y={y(share) + 4} textAnchor="end">
                {wholeShareText(share)}
              </text>
            </g>
          ))}
          {ticks.map((seconds) => (
            <text key={seconds} x={x(seconds)} y={HEIGHT - 8} textAnchor="middle">
              {durationText(seconds)}
            </text>
          ))}
          <path className="band" d={bandOf(points, x, y)} />
          <path className="line" d={lineOf(points, x, y)} />
          {median !== null && <Median at={x(median)} top={y(0.5)} width={width} seconds={median} />}
        </svg>
      )}
    </div>
  );
}

function Median({ at, top, width, seconds }: Readonly<Record<'at' | 'top' | 'width' | 'seconds', number>>) {
  const left = at > width / 2;
  return (
    <>
      <line className="median" x1={at} x2={at} y1={top} y2={HEIGHT - ROOM.bottom} />
      <text
        className="median-word"
        x={at + (left ? -6 : 6)}
        y={HEIGHT - ROOM.bottom - 8}
        textAnchor={left ? 'end' : 'start'}
      >
        half: {durationText(seconds)}
      </text>
    </>
  );
}

type Scale = (value: number) => number;

function timeAxis(
  points: readonly CurvePoint[],
  width: number,
): { readonly x: Scale; readonly ticks: readonly number[] } {
  const first = Math.max(1, points[0]?.seconds ?? 1);
  const last = Math.max(first, points.at(-1)?.seconds ?? 1);
  const from = TICKS.findLast((tick) => tick < first) ?? 1;
  const to = TICKS.find((tick) => tick > Math.max(last, from)) ?? last * 2;
  const span = Math.log(to) - Math.log(from);
  const x: Scale = (seconds) =>
    ROOM.left + ((Math.log(Math.max(seconds, from)) - Math.log(from)) / span) * (width - ROOM.left - ROOM.right);
  const ticks: number[] = [];
  for (const tick of TICKS.filter((one) => one >= from && one <= to)) {
    const before = ticks.at(-1);
    if (before === undefined || x(tick) - x(before) >= TICK_PX) ticks.push(tick);
  }
  // The last one would be cut by the edge.
  return { x, ticks: ticks.filter((tick) => x(tick) <= width - ROOM.right - 12) };
}

const at = (px: number): string => px.toFixed(1);

function lineOf(points: readonly CurvePoint[], x: Scale, y: Scale): string {
  const steps = points.map(({ seconds, waiting }) => `H${at(x(seconds))}V${at(y(1 - waiting))}`);
  return `M${at(ROOM.left)},${at(y(0))}${steps.join('')}`;
}

/** Up to where there is a limit: none where nobody is left. */
function bandOf(points: readonly CurvePoint[], x: Scale, y: Scale): string {
  const end = points.findIndex(({ lower, upper }) => lower === null || upper === null);
  const known = end < 0 ? points : points.slice(0, end);
  const last = (end < 0 ? points.at(-1) : points[end])?.seconds;
  if (last === undefined || known.length === 0) return '';
  const there = known.map(({ seconds, upper }) => `H${at(x(seconds))}V${at(y(1 - (upper ?? 1)))}`);
  const back = known.toReversed().map(({ seconds, lower }, index) => {
    const before = known[known.length - index - 2];
    return `V${at(y(1 - (lower ?? 0)))}H${at(x(seconds))}${before === undefined ? `V${at(y(0))}` : ''}`;
  });
  return `M${at(ROOM.left)},${at(y(0))}${there.join('')}H${at(x(last))}${back.join('')}Z`;
}
