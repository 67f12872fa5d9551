// A field of words that are searched for as they are typed, and stand in the address.
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const TYPED_MS = 250;

/** Typed words are looked for when the typing rests; what the address says elsewhere comes back into the field, what was typed does not. */
export function useTyped(value: string | undefined, tell: (text: string | undefined) => void) {
  const [typed, setTyped] = useState(value ?? '');
  const told = useRef(value);
  useEffect(() => {
    if (value !== told.current) setTyped(value ?? '');
    told.current = value;
  }, [value]);
  const later = useDebouncedCallback((text: string) => {
    told.current = text.trim() === '' ? undefined : text.trim();
    tell(told.current);
  }, TYPED_MS);
  return {
    value: typed,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
      setTyped(event.currentTarget.value);
      later(event.currentTarget.value);
    },
  };
}
