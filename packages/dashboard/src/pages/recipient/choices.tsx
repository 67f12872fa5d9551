// What somebody chose, and what holds where they did not. It is theirs to change: on their own page, by unsubscribing, or through an
// application of yours. Every change is kept with how it was made.
import { Stack, Text } from '@mantine/core';
import type { PreferenceChange, Preferences } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { Moment } from '../../moment.tsx';
import { Fact } from '../../shell/fact.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { choicesQuery, preferencesQuery } from './recipient-query.ts';

const OFTEN = { each: 'each at once', daily: 'once a day', weekly: 'once a week' } as const;

export function Choices({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery(preferencesQuery(id));
  return (
    <Panel title="What they chose">
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Pending />}
      {data !== undefined && (
        <Stack gap="md">
          <dl className="facts">
            {data.pausedUntil !== null && (
              <Fact name="Left alone">
                until <Moment at={data.pausedUntil} />: only what is essential is sent
              </Fact>
            )}
            <Fact name="Quiet hours">
              {data.quietHours === null ? 'As the project has them' : `${data.quietHours}, ${data.timeZone ?? 'UTC'}`}
            </Fact>
            <Fact name="Tracking">{data.tracking ? 'Not refused' : 'Refused: nothing tells what they open'}</Fact>
          </dl>
          <Categories of={data.categories} />
          <Changes id={id} />
          <Text size="sm" c="dimmed">
            They change it at the foot of any mail, or in an application of yours (<code>PUT …/preferences</code>).
          </Text>
        </Stack>
      )}
    </Panel>
  );
}

function Categories({ of }: { readonly of: Preferences['categories'] }) {
  if (of.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No policy names a category, so there is nothing to choose between.
      </Text>
    );
  return (
    <table className="chosen">
      <thead>
        <tr>
          <th scope="col">Category</th>
          <th scope="col">Gets it</th>
        </tr>
      </thead>
      <tbody>
        {of.map((one) => (
          <tr key={one.id}>
            <td>{one.title}</td>
            <td>{standingOf(one)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function standingOf({ essential, why, subscribed, channels, frequency }: Preferences['categories'][number]): string {
  if (essential) return `Always: it is essential${why === null ? '' : ` (${why})`}`;
  if (!subscribed) return 'No: unsubscribed';
  const off = Object.entries(channels).flatMap(([channel, on]) => (on ? [] : [channel]));
  return `Yes, ${OFTEN[frequency]}${off.length === 0 ? '' : `, but not by ${off.join(', ')}`}`;
}

const HOW: Readonly<Record<PreferenceChange['how'], string>> = {
  one_click: 'by one click',
  page: 'on their page',
  reply: 'by a reply',
  sms_keyword: 'by SMS',
  provider: 'at the provider',
  api: 'through the API',
  import: 'by an import',
};

const textOf = (value: boolean | string | null): string =>
  value === true ? 'yes' : value === false ? 'no' : (value ?? 'as usual');

function Changes({ id }: { readonly id: string }) {
  const { data } = useQuery(choicesQuery(id));
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <details>
      <Text component="summary" size="sm" fw={600}>
        How it came to be so
      </Text>
      <ul className="items choices-made">
        {items.map((one) => (
          <li key={`${one.at} ${one.what} ${one.category} ${one.channel}`}>
            <Text size="sm">
              {[one.category, one.channel, one.what].filter((word) => word !== null).join(' · ')}: {textOf(one.from)} →{' '}
              {textOf(one.to)}
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={one.at} />, {HOW[one.how]}
              {one.evidence.text !== undefined && `: “${one.evidence.text}”`}
            </Text>
          </li>
        ))}
      </ul>
    </details>
  );
}
