// A provider's call about a message, as tests of what is believed of it make one; and bodies that no provider sends.
import type { ReceiptAnswer, ReceiptCall } from './provider.ts';

export const ID = '0193a1b2-c3d4-8000-8000-000000000001';
export const NOW = Date.parse('2026-11-02T09:00:00Z');
export const callOf = <S, K>(
  settings: S,
  secrets: K,
  body: string,
  headers: Record<string, string> = {},
): ReceiptCall<S, K> => ({
  settings,
  secrets,
  method: 'POST',
  url: 'https://relance.example.test/v1/receipts/x',
  headers,
  body: Buffer.from(body),
  wallNow: () => NOW,
  egress: { allowHosts: [] },
});
export const newsIn = (answer: ReceiptAnswer) => (answer.kind === 'news' ? answer.items : answer);
export const GARBAGE = [
  '',
  '{}',
  '[]',
  'null',
  '"x"',
  '{"Type":1}',
  '\u0000',
  '<xml/>',
  `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
];
