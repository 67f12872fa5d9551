// What a part of a page shows of something that is read: nothing is said of it until it is there. A problem is told in its place, with
// a way to try again; what was read before stays beside it.
import type { ReactNode } from 'react';
import { Pending, ProblemAlert } from './trouble.tsx';

interface Props<T> {
  readonly of: {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly children: (data: T) => ReactNode;
}

export function Read<T>({ of: { data, error, refetch }, children }: Props<T>) {
  return (
    <>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      {data === undefined ? error === null && <Pending /> : children(data)}
    </>
  );
}
