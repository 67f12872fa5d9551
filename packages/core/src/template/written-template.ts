// A template as it is written: the body of PUT /v1/templates, what the files of a project folder become, and what is answered of it.
import { z } from 'zod';
import { isLanguageTag, LANGUAGE_TAG } from '../language-tag.ts';
import { printableId } from '../policy/schema-text.ts';
import { ATTACHMENTS_MAX } from '../render.ts';

const TEXT_MAX = 100_000;
const FIELD_MAX = 2_000;
const text = z.string().max(TEXT_MAX);
const field = z.string().max(FIELD_MAX);
const parts = {
  email: z
    .strictObject({
      subject: text.optional(),
      mjml: text.optional(),
      html: text.optional(),
      text: text.optional(),
      attachments: z
        .array(z.strictObject({ filename: field, url: field }))
        .max(ATTACHMENTS_MAX)
        .optional()
        .describe('Liquid in both; the address is https'),
      calendar: z.boolean().optional().describe('the due date goes with it as an entry of a calendar'),
    })
    .refine(({ mjml, html }) => mjml === undefined || html === undefined, {
      path: ['html'],
      message: 'is made from `mjml`; give one of the two',
    })
    .optional(),
  sms: z.strictObject({ text }).optional(),
  push: z.strictObject({ title: text.optional(), body: text.optional() }).optional(),
  inbox: z
    .strictObject({
      title: text.optional(),
      body: text.optional(),
      as: z.enum(['feed', 'banner', 'toast', 'modal']).optional(),
      until: field.optional().describe('Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed'),
    })
    .optional(),
  chat: z.strictObject({ text }).optional(),
  webhook: z.strictObject({ text }).optional(),
};

const language = z.string().max(35).refine(isLanguageTag, `must be ${LANGUAGE_TAG}`);

export const templateBodySchema = z.strictObject({
  language: language.optional().describe('BCP 47: of its own words, those that stand under no locale'),
  ...parts,
  locales: z.record(language, z.strictObject(parts)).optional(),
});
export const templateSchema = templateBodySchema.extend({ id: printableId.optional() });
export type WrittenTemplate = z.infer<typeof templateSchema>;
