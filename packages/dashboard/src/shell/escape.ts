// Escape leaves a form, but for a list that is open in one of its fields: that is what it closes then.
import type { KeyboardEvent } from 'react';

export const onEscape = (leave: () => void) => (event: KeyboardEvent<HTMLElement>) => {
  if (event.key === 'Escape' && !hasOpenList(event.target)) leave();
};

/** As Mantine marks a field; one that found nothing shows no list. */
function hasOpenList(target: EventTarget): boolean {
  if (!(target instanceof HTMLElement) || target.dataset.mantineStopPropagation === undefined) return false;
  const list = document.getElementById(target.getAttribute('aria-controls') ?? '');
  return list?.querySelector('[role=option]') != null;
}
