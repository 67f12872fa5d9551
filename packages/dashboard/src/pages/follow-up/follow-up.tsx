// One follow-up: where it stands, what happened to it, and everything that can be done.
import { Title } from '@mantine/core';

export function FollowUpPage() {
  return <Title order={1}>Follow-up</Title>;
}
