// Who somebody is, as their profile says it.
import { Code, Stack, Text } from '@mantine/core';
import type { Recipient } from '@relance/client';
import type { ReactNode } from 'react';
import { Person } from '../../people.tsx';
import { Fact } from '../../shell/fact.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';

const fact = (name: string, value: ReactNode) =>
  value === null || value === undefined || value === '' ? null : <Fact name={name}>{value}</Fact>;

export function Profile({ recipient }: { readonly recipient: Recipient }) {
  const { id, email, phone, locale, timeZone, manager, location, traits = {}, away = [], plan } = recipient;
  return (
    <Panel title="Profile">
      <Stack gap="md">
        <dl className="facts">
          <Fact name="Id">{id}</Fact>
          {fact('Email', email)}
          {fact('Phone', phone)}
          {fact('Time zone', timeZone)}
          {fact('Language', locale)}
          {fact('Place', [location?.city, location?.region, location?.country].filter((one) => one).join(', '))}
          {manager != null && (
            <Fact name="Manager">
              <PageLink to="/people/$id" params={{ id: manager }} size="sm">
                <Person id={manager} />
              </PageLink>
            </Fact>
          )}
          {away.map(({ from, to, delegate }) => (
            <Fact key={`${from} ${to}`} name="Away">
              {from} to {to}
              {delegate != null && (
                <>
                  , <Person id={delegate} /> stands in
                </>
              )}
            </Fact>
          ))}
        </dl>
        <Json title="Traits" value={Object.keys(traits).length === 0 ? null : traits} />
        <Json title="Contact plan of their own" value={plan ?? null} />
      </Stack>
    </Panel>
  );
}

function Json({ title, value }: { readonly title: string; readonly value: unknown }) {
  if (value === null) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Code block mt={4} tabIndex={0}>
        {JSON.stringify(value, null, 2)}
      </Code>
    </div>
  );
}
