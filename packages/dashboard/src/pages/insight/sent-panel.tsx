// What became of messages by how they were sent: by which provider, in the words of which version of a template, in which language.
import { Group, NativeSelect } from '@mantine/core';
import type { MessageMetricRow } from '@relance/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { capital, countText, shareOf, shareText } from '../../figure-text.ts';
import { Bars } from './bars.tsx';
import { ChartPanel, NotDrawn } from './chart-panel.tsx';
import { figuresCsv, messagesQuery } from './insight-query.ts';
import { type InsightSearch, SENT_BY, type SentBy } from './insight-search.ts';
import { SENT_HEADS, sentCells } from './panels.tsx';

const TITLE = 'How messages were sent';
const KINDS: Readonly<Record<SentBy, { readonly label: string; readonly groupBy: string; readonly many: string }>> = {
  provider: { label: 'Provider', groupBy: 'channel,provider', many: 'providers' },
  template: { label: 'Version of a template', groupBy: 'template,templateVersion,channel', many: 'versions' },
  locale: { label: 'Language', groupBy: 'locale', many: 'languages' },
  stage: { label: 'Stage', groupBy: 'policy,stage', many: 'stages' },
};
const UNKNOWN = 'Not known';

/** As it is read; what was never handed over, or before this was noted, is nobody's. */
function nameOf(by: SentBy, row: MessageMetricRow): string {
  const { channel = '', provider, template, templateVersion, locale, policy = '', stage = '' } = row;
  if (by === 'provider') return provider == null ? `${UNKNOWN} (${channel})` : `${provider} (${channel})`;
  if (by === 'locale') return locale ?? UNKNOWN;
  if (by === 'stage') return `${policy}: ${stage}`;
  return template == null
    ? `No template of one’s own (${channel})`
    : `${template}, version ${templateVersion ?? '?'} (${channel})`;
}

interface Props {
  readonly search: InsightSearch;
  readonly change: (changed: InsightSearch) => void;
}

export function SentPanel({ search, change }: Props) {
  const by = search.by ?? 'provider';
  const { groupBy, many } = KINDS[by];
  const queries = useQueryClient();
  const of = useQuery(messagesQuery(groupBy, search));
  const { data, isPlaceholderData } = of;
  // What was read by another key has no names for these rows.
  if (data === undefined || (isPlaceholderData && String(data.groupBy) !== groupBy))
    return <NotDrawn title={TITLE} of={of} />;
  const rows = data.rows.toSorted((a, b) => b.accepted - a.accepted);
  const most = rows[0]?.accepted ?? 0;
  return (
    <ChartPanel
      title={TITLE}
      says={
        rows.length === 0
          ? 'Nothing was sent in this period.'
          : `The length of a bar is how many were taken; its full part was acted upon. ${capital(many)} with few messages say little.`
      }
      table={{
        head: ['Sent by', ...SENT_HEADS],
        rows: rows.map((row) => [nameOf(by, row), ...sentCells(row)]),
      }}
      of={of}
      file={{
        name: `messages-by-${by}`,
        csv: () => figuresCsv(queries, 'messages', search, groupBy),
        json: data,
      }}
    >
      <Group mb="sm">
        <NativeSelect
          label="Sent by"
          size="xs"
          value={by}
          data={SENT_BY.map((value) => ({ value, label: KINDS[value].label }))}
          onChange={(event) => change({ by: SENT_BY.find((one) => one === event.currentTarget.value) })}
        />
      </Group>
      <Bars
        label="Messages by how they were sent"
        bars={rows.map((row) => ({
          name: nameOf(by, row),
          note: `${shareText(row.deliveryRate)} arrived`,
          share: shareOf(row.accepted, most) ?? 0,
          part: row.actedRate ?? 0,
          value: (
            <>
              {countText(row.accepted)} <small>{shareText(row.actedRate)}</small>
            </>
          ),
        }))}
      />
    </ChartPanel>
  );
}
