// Follow-ups, filtered and searched: the list from which one is opened.
import { Title } from '@mantine/core';

export function FollowUps() {
  return <Title order={1}>Follow-ups</Title>;
}
