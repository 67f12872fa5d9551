// What there is now and what one wrote, as one text: what of theirs goes, and what comes in its place. Loaded when somebody looks.
import { Text } from '@mantine/core';
import { useDeferredValue } from 'react';
import { stringify } from 'yaml';
import { Diff } from '../pages/policy/diff.tsx';
import type { Said } from './use-overtaken.ts';

interface Props {
  readonly theirs: Said;
  readonly mine: Said;
  readonly version: number;
}

export function Beside({ theirs, mine, version }: Props) {
  const before = textOf(theirs);
  const after = useDeferredValue(textOf(mine)); // whoever writes does not wait for it
  if (before === after)
    return (
      <Text size="sm" role="status">
        Yours says the same as version {version}.
      </Text>
    );
  return <Diff before={before} after={after} label={`Yours, compared with version ${version}`} />;
}

/** In one order, whichever the database gives its parts back in; what is empty is not there. */
function textOf(said: Said): string {
  if (typeof said === 'string') return said;
  const written = Object.entries(said).filter(([, value]) => value !== null && value !== undefined);
  return stringify(Object.fromEntries(written), { sortMapEntries: true, lineWidth: 0 }).trimEnd();
}
