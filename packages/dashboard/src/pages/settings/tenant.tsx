// What holds for the tenant, as relance.yaml was applied last, with the name under which it is written there. It is changed there, so
// that one place says it, under version control; branding alone can be changed here (branding.tsx).
import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { BrandingPanel } from './branding.tsx';
import { settingsQuery } from './settings-query.ts';

/** In the order in which somebody looks for them; whatever else is written is shown after them. */
const NAMES: Readonly<Record<string, string>> = {
  name: 'Name',
  zone: 'Time zone',
  locale: 'Language',
  alarmTo: 'Alarms go to',
  quietHours: 'Quiet hours',
  budget: 'Budget',
  preferences: 'Unless people choose',
  tracking: 'Tracking',
  retention: 'Kept for',
};
const UNSAID: Readonly<Record<string, string>> = {
  zone: 'none: UTC',
  locale: 'none: English',
  alarmTo: 'nobody',
  quietHours: 'none',
  budget: 'none: as many as policies say',
  tracking: 'nothing is tracked',
};

export function Tenant({ admin }: { readonly admin: boolean }) {
  const { data, error, refetch } = useQuery(settingsQuery);
  const { branding: _own, ...rest } = data?.settings ?? {};
  const named = new Set(Object.keys(NAMES));
  const others = Object.entries(rest).filter(([key]) => !named.has(key));
  return (
    <>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      <BrandingPanel settings={data?.settings} failed={error !== null} admin={admin} />
      <Panel title="The tenant">
        {data === undefined ? (
          error === null && <Pending />
        ) : (
          <Stack gap="sm">
            <dl className="facts">
              {Object.entries(NAMES).map(([key, name]) => (
                <Fact key={key} name={name} written={key} value={rest[key]} />
              ))}
              {others.map(([key, value]) => (
                <Fact key={key} name={key} written={key} value={value} />
              ))}
            </dl>
            <Text size="sm" c="dimmed">
              Set at the top of <code>relance.yaml</code> in the server’s project folder (<code>RELANCE_PROJECT</code>),
              which is applied when it starts.
            </Text>
          </Stack>
        )}
      </Panel>
    </>
  );
}

interface FactProps {
  readonly name: string;
  readonly written: string;
  readonly value: unknown;
}

function Fact({ name, written, value }: FactProps) {
  return (
    <div className="fact">
      <dt title={`\`${written}\` of relance.yaml`}>{name}</dt>
      <dd>{shownOf(written, value)}</dd>
    </div>
  );
}

function shownOf(written: string, value: unknown): ReactNode {
  if (value === undefined || value === null)
    return (
      <Text span size="sm" c="dimmed">
        {UNSAID[written] ?? 'not said'}
      </Text>
    );
  if (typeof value === 'object') return <Code>{JSON.stringify(value)}</Code>;
  return String(value);
}
