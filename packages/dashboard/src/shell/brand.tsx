// The mark and the name, at the top of the sections and of the sign-in page.
import { Group, Text } from '@mantine/core';

export function Brand() {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/icon.svg" width={28} height={28} alt="" />
      <Text fw={700} size="lg" component="span">
        Relance
      </Text>
    </Group>
  );
}
