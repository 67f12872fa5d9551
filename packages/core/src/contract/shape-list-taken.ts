// What became of a list that was sent: what was taken, and each that was not, with why. Part of shape.ts.
import { z } from 'zod';

export const suppressionImportShape = z.strictObject({
  added: z.int(),
  already: z.int(),
  rejected: z.array(z.strictObject({ line: z.int().min(1), detail: z.string() })).describe('the first 1,000'),
  rejectedCount: z.int(),
});

const index = z.int().min(0);
const rejected = z.array(z.strictObject({ index, code: z.string(), detail: z.string() }));
export const suppressionsAnswerShape = z.strictObject({ accepted: z.int().min(0), rejected });
export const recipientsAnswerShape = z.strictObject({
  accepted: z.int().min(0).describe('people; whoever is in the list twice is one'),
  rejected,
  results: z
    .array(
      z.strictObject({
        index,
        id: z.string().min(1),
        result: z.enum(['created', 'changed', 'unchanged']),
        fields: z.array(z.string()).describe('those that differ from what was known'),
      }),
    )
    .describe('of each that was accepted; of a dry run what it would be'),
});
