// What relance.yaml says of the tenant: shown as it was applied, with the name under which it is written. It is changed there, and
// applied again, so that one place says it, under version control.
import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../api.ts';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';

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
const BRANDING: Readonly<Record<string, string>> = {
  name: 'Name',
  color: 'Colour',
  logo: 'Logo',
  url: 'Website',
  address: 'Address',
  supportEmail: 'Support by mail',
  supportPhone: 'Support by phone',
};
const UNSAID: Readonly<Record<string, string>> = {
  zone: 'none: UTC',
  locale: 'none: English',
  alarmTo: 'nobody',
  quietHours: 'none',
  budget: 'none: as many as policies say',
  tracking: 'nothing is tracked',
};

export function Tenant() {
  const { data, error } = useQuery({ queryKey: ['settings'], queryFn: () => api.settings() });
  if (error !== null) return <ProblemAlert error={error} />;
  const { branding, ...rest } = data?.settings ?? {};
  const named = new Set(Object.keys(NAMES));
  const others = Object.entries(rest).filter(([key]) => !named.has(key));
  const brand = (branding ?? {}) as Readonly<Record<string, unknown>>;
  return (
    <>
      <Panel title="Branding">
        {data === undefined ? (
          <Pending />
        ) : (
          <Stack gap="sm">
            {Object.keys(brand).length === 0 ? (
              <Text size="sm" c="dimmed">
                None. With a name, a colour, a logo and an address, mails and pages show whose they are.
              </Text>
            ) : (
              <dl className="facts">
                {Object.entries(BRANDING).flatMap(([key, name]) =>
                  brand[key] === undefined
                    ? []
                    : [<Fact key={key} name={name} written={`branding.${key}`} value={brand[key]} />],
                )}
              </dl>
            )}
            <Where what="branding" />
          </Stack>
        )}
      </Panel>
      <Panel title="The tenant">
        {data === undefined ? (
          <Pending />
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
            <Where what={null} />
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
  if (written === 'branding.color')
    return (
      <>
        <svg className="color-swatch" width={14} height={14} aria-hidden="true">
          <rect width={14} height={14} rx={3} fill={String(value)} />
        </svg>
        {String(value)}
      </>
    );
  return String(value);
}

function Where({ what }: { readonly what: string | null }) {
  return (
    <Text size="sm" c="dimmed">
      Set{' '}
      {what === null ? (
        'at the top'
      ) : (
        <>
          under <code>{what}:</code>
        </>
      )}{' '}
      of <code>relance.yaml</code>, and applied with <code>relance apply</code>.
    </Text>
  );
}
