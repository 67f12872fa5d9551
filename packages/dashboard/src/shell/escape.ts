// Escape leaves a form, but for a list that is open in one of its fields: that is what it closes then.
import type { KeyboardEvent } from 'react';

export const onEscape = (leave: () => void) => (event: KeyboardEvent<HTMLElement>) => {
  // Mantine marks the field of an open list so.
  const inList = event.target instanceof HTMLElement && event.target.dataset.mantineStopPropagation !== undefined;
  if (event.key === 'Escape' && !inList) leave();
};
