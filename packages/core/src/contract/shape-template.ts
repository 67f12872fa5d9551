// The shapes of templates: as they are kept, as they would be read, and what became of one that was sent to oneself. Part of shape.ts.
import { z } from 'zod';
import { CHANNELS } from '../policy/policy.ts';
import { templateBodySchema } from '../template/written-template.ts';

const channel = z.enum(CHANNELS);

export const templateShape = z.strictObject({ id: z.string().min(1), version: z.int(), ...templateBodySchema.shape });

export const TEMPLATE_SHAPES = {
  Template: templateShape,
  TemplatePreview: z.strictObject({
    channel,
    locale: z.string().describe('the language of the words, the reader’s own where they are in it'),
    content: z.looseObject({ subject: z.string().optional(), html: z.string().optional(), text: z.string() }),
    missing: z.array(z.string()).describe('names that it reads and that have no value'),
    segments: z.unknown().optional().describe('of a text message: how many it takes'),
  }),
  TestAnswer: z.strictObject({
    channel,
    outcome: z.looseObject({
      kind: z.enum(['accepted', 'retry', 'rejected', 'uncertain']),
      detail: z.string().optional(),
    }),
  }),
};
