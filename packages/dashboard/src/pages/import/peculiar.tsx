// What is peculiar about the columns of a file, so that nobody finds out by what is imported: two that are called alike, or one only.
import { Stack, Text } from '@mantine/core';
import { News } from '../../shell/news.tsx';
import { calledAlike, type Sheet } from './sheet.ts';

export function Peculiar({ sheet }: { readonly sheet: Sheet }) {
  const alike = calledAlike(sheet);
  if (alike.length === 0 && sheet.header.length > 1) return null;
  return (
    <Stack gap="xs" mb="sm">
      {alike.map((columns) => (
        <News key={columns[0]} kind="warning" title={`${columns.length} columns are called alike`}>
          <Text size="sm">
            They are {columns.map((one) => `“${one}”`).join(' and ')}. The first is taken unless you choose another.
          </Text>
        </News>
      ))}
      {sheet.header.length === 1 && (
        <News kind="plain" title="The file has one column">
          <Text size="sm">
            Cells are told apart by commas, semicolons or tabs. If it should have more columns, save it with one of
            these and choose it again.
          </Text>
        </News>
      )}
    </Stack>
  );
}
