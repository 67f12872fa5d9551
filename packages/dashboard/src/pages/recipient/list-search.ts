// What the list of people is searched for, as it stands in the address, and whether somebody is being added.
export interface PeopleSearch {
  readonly q?: string | undefined;
  readonly add?: true | undefined;
}

/** Whatever an address says. What is not known is named and undefined: otherwise it would stay as it was written. */
export const readPeopleSearch = (search: Record<string, unknown>): PeopleSearch => {
  const q = typeof search.q === 'number' ? String(search.q) : search.q;
  return {
    q: typeof q === 'string' && q.trim() !== '' ? q.slice(0, 200) : undefined,
    add: search.add === true || search.add === 'true' ? true : undefined,
  };
};
