// Where somebody is who goes by keys when what they pressed is gone: they would begin anew at the top of the page.

/** Once what changes is drawn: to its place, if nothing has the focus by then that could be used. */
export function focusIfLost(place: () => HTMLElement | null): void {
  requestAnimationFrame(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body || activeElement.closest('[inert]') !== null)
      place()?.focus({ preventScroll: true });
  });
}
