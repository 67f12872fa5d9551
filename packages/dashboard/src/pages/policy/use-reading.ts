// A text that is being written, as it stands with the checker: what the core in the browser says at once, and what the server says of
// it a moment later, which knows the names of the tenant.
import { useDebouncedValue } from '@mantine/hooks';
import type { PolicyCheck } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { ask, type Reading } from './desk.ts';
import { checkQuery } from './policy-query.ts';
import type { Told } from './problems.tsx';

const READ_MS = 120;
/** A check looks at everybody: not at every letter. */
const CHECK_MS = 700;

export interface ReadText {
  /** Null until it has been read for the first time. */
  readonly reading: Reading | null;
  readonly problems: readonly Told[];
  /** Of this very text; null while the server has not said. */
  readonly check: PolicyCheck | null;
  readonly checkError: Error | null;
  /** When the server last said something of it, by this browser's clock. */
  readonly checkedAt: number;
  /** The core could not be asked. */
  readonly error: Error | null;
}

export function useReading(text: string): ReadText {
  const [soon] = useDebouncedValue(text, READ_MS);
  const [later] = useDebouncedValue(text, CHECK_MS);
  const [read, setRead] = useState<{ readonly reading: Reading | null; readonly error: Error | null }>({
    reading: null,
    error: null,
  });
  useEffect(() => {
    const ending = new AbortController();
    ask('read', soon, { signal: ending.signal }).then(
      (reading) => setRead({ reading, error: null }),
      (error: Error) => {
        if (!ending.signal.aborted) setRead((before) => ({ ...before, error }));
      },
    );
    return () => ending.abort();
  }, [soon]);
  const { reading, error } = read;
  const asked = useQuery({ ...checkQuery(later), enabled: reading?.policy != null && later.trim() !== '' });
  const check = later === text && !asked.isPlaceholderData ? (asked.data ?? null) : null;
  const problems = useMemo(() => together(reading, check), [reading, check]);
  return {
    ...{ reading, problems, check, error },
    checkError: asked.error,
    checkedAt: check === null ? 0 : asked.dataUpdatedAt,
  };
}

/** The same problem is told once; errors first. */
function together(reading: Reading | null, check: PolicyCheck | null): readonly Told[] {
  const own = reading?.problems ?? [];
  const known = new Set(own.map(({ path, message }) => `${path} ${message}`));
  const more = reading?.policy == null || check === null ? [] : [...check.errors, ...check.warnings];
  const all: readonly Told[] = [...own, ...more.filter(({ path, message }) => !known.has(`${path} ${message}`))];
  return all.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
