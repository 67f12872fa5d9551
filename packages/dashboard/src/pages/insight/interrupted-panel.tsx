// Who is interrupted most, and at which of their hours: whoever is woken night after night is found here, and has a page of their own.
import type { Interrupted } from '@relance/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { countText, dateText, numbered, outsideText, shareOf } from '../../figure-text.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { Bars } from './bars.tsx';
import { ChartPanel, NotDrawn } from './chart-panel.tsx';
import { figuresCsv, interruptedQuery } from './insight-query.ts';
import type { InsightSearch } from './insight-search.ts';

const TITLE = 'Who is interrupted most';
/** As many as are drawn; the table has all that are read. */
const DRAWN_MAX = 10;

export function InterruptedPanel({ search }: { readonly search: InsightSearch }) {
  const queries = useQueryClient();
  const of = useQuery(interruptedQuery(search));
  const { data } = of;
  if (data === undefined) return <NotDrawn title={TITLE} of={of} />;
  const { rows } = data;
  const most = rows[0]?.interrupted ?? 0;
  return (
    <ChartPanel
      title={TITLE}
      says={rows.length === 0 ? 'Nobody was interrupted in this period, as far as messages are kept.' : saysOf(data)}
      table={{
        head: ['Person', 'Messages', 'Business hours', 'Evening', 'Night', 'Weekend'],
        rows: rows.map((row) => [
          row.name ?? row.recipient,
          ...[
            row.interrupted,
            row.interruptedBusiness,
            row.interruptedEvening,
            row.interruptedNight,
            row.interruptedWeekend,
          ].map(countText),
        ]),
      }}
      of={of}
      file={{ name: 'interrupted', csv: () => figuresCsv(queries, 'interrupted', search), json: data }}
    >
      <Bars
        label="People by how often they were interrupted"
        bars={rows.slice(0, DRAWN_MAX).map((row) => ({
          id: row.recipient,
          // Whoever was erased has no page: their figures are of a stand-in without a name.
          name:
            row.name === null ? (
              row.recipient
            ) : (
              <PageLink to="/people/$id" params={{ id: row.recipient }} size="sm">
                {row.name}
              </PageLink>
            ),
          note: outsideText(row),
          share: shareOf(row.interrupted, most) ?? 0,
          part: shareOf(row.interrupted - row.interruptedBusiness, row.interrupted) ?? 0,
          value: countText(row.interrupted),
        }))}
      />
    </ChartPanel>
  );
}

const saysOf = ({ rows, from, to }: Interrupted): string =>
  `${numbered(rows.length, 'person', 'people')} with the most messages that interrupted them, of what opened from ${dateText(from)} to ${dateText(to)}, by the clock of each. The full part of a bar is outside business hours. As far back as messages are kept.`;
