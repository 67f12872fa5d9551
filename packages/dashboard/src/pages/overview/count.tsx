// One number of the overview, and where it leads. It is told by word and number; the colour only says the same again.
import { Paper, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ListSearch } from '../follow-up/list-search.ts';

interface Props {
  readonly count: number;
  readonly label: string;
  /** Anything but none wants somebody. */
  readonly alarming?: boolean;
  /** The list of follow-ups, filtered. */
  readonly search?: ListSearch;
  /** A part of this page, or another page. */
  readonly href?: `#${string}`;
  readonly to?: '/channels';
}

export function Count({ count, label, alarming = false, search, href, to }: Props) {
  const inside = (
    <Paper withBorder p="sm" className={alarming && count > 0 ? 'count alarming' : 'count'}>
      <Text component="span" className="count-number">
        {count}
      </Text>
      <Text component="span" size="sm">
        {label}
      </Text>
    </Paper>
  );
  if (to !== undefined)
    return (
      <Link to={to} className="count-link">
        {inside}
      </Link>
    );
  return search === undefined ? (
    <a href={href} className="count-link">
      {inside}
    </a>
  ) : (
    <Link to="/follow-ups" search={search} className="count-link">
      {inside}
    </Link>
  );
}
