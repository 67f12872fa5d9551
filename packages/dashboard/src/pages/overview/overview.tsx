// What needs attention now: the first page that somebody sees who has signed in.
import { Title } from '@mantine/core';

export function Overview() {
  return <Title order={1}>Overview</Title>;
}
