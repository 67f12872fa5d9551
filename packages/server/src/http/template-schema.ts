// A template as it is written: the body of PUT /v1/templates, and what the files of a project folder become.
import { ATTACHMENTS_MAX, isLanguageTag, LANGUAGE_TAG } from '@relance/core';
import { z } from 'zod';
import { idSchema } from './route.ts';

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
        .optional(),
      calendar: z.boolean().optional(),
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
      until: field.optional(),
    })
    .optional(),
  chat: z.strictObject({ text }).optional(),
  webhook: z.strictObject({ text }).optional(),
};

const language = z.string().max(35).refine(isLanguageTag, `must be ${LANGUAGE_TAG}`);

export const templateBodySchema = z.strictObject({
  /** Of its own words: those that stand under no locale. */
  language: language.optional(),
  ...parts,
  locales: z.record(language, z.strictObject(parts)).optional(),
});
export const templateSchema = templateBodySchema.extend({ id: idSchema.optional() });
export type WrittenTemplate = z.infer<typeof templateSchema>;
