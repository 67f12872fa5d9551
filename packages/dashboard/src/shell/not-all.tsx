// Above a list that has no next page: that there are more than it shows.
import { Text } from '@mantine/core';
import { countText } from '../figure-text.ts';

export function NotAll({ of }: { readonly of: { readonly items: readonly unknown[]; readonly complete: boolean } }) {
  return of.complete ? null : (
    <Text size="sm" role="status">
      There are more: these are the first {countText(of.items.length)}.
    </Text>
  );
}
