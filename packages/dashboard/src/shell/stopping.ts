// Whoever leaves stops what runs: nobody could any more.
import { type RefObject, useEffect, useRef } from 'react';

/** What stops it stands in `current`, from when it begins. */
export function useStopping(): RefObject<() => void> {
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);
  return stop;
}
