// Which words a person reads, and by whose calendar and grammar: theirs where the words are in their language.
import { expect, it } from 'vitest';
import type { Template } from '../content.ts';
import { wordsFor } from './words-for.ts';

const sms = (text: string) => ({ sms: { text } });
const WHOLE: Template = { id: 't', ...sms('own'), locales: { fr: sms('fr'), 'fr-CA': sms('fr-CA'), de: sms('de') } };
const ENGLISH: Template = { id: 't', language: 'en', ...sms('own'), locales: { fr: sms('fr') } };
const CHINESE: Template = { id: 't', locales: { 'zh-hant': sms('hant'), zh: sms('zh') } };
const FOREIGN: Template = { id: 't', locales: { fr: sms('fr') } };

it.each([
  [WHOLE, 'fr-CA', 'en', 'fr-CA', 'fr-CA'],
  [WHOLE, 'fr-BE', 'en', 'fr', 'fr-BE'],
  [WHOLE, 'es', 'de-AT', 'de', 'de'],
  [WHOLE, 'es', 'en', 'own', 'en'],
  [WHOLE, 'en-GB', 'en', 'own', 'en-GB'],
  [WHOLE, null, null, 'own', 'en'],
  [WHOLE, 'es', null, 'own', 'es'],
  [FOREIGN, 'es', 'fr-CH', 'fr', 'fr'],
  [ENGLISH, 'en-GB', 'fr', 'own', 'en-GB'],
  [ENGLISH, 'fr-CA', 'en', 'fr', 'fr-CA'],
  [ENGLISH, 'es', 'de', 'own', 'en'],
  [ENGLISH, null, 'de', 'own', 'en'],
  [CHINESE, 'zh-Hant-TW', 'en', 'hant', 'zh-Hant-TW'],
  [CHINESE, 'zh_hant_tw', 'en', 'hant', 'zh_hant_tw'],
  [CHINESE, 'zh-TW', 'en', 'zh', 'zh-TW'],
  [CHINESE, 'zh-Hant-x-private', 'en', 'hant', 'zh-Hant-x-private'],
  [CHINESE, 'no language', 'zh', 'zh', 'zh'],
])('%j for %s at %s', (template, reader, tenant, text, locale) => {
  const chosen = wordsFor(template, 'sms', reader, tenant);
  expect([chosen.parts.sms?.text, chosen.locale]).toEqual([text, locale]);
});
it.each([
  ['fr-CA', 'en', 'fr-CA'],
  ['es', 'fr', 'fr'],
  ['es', 'en-GB', 'en'],
  ['es', 'es', 'en'],
  [null, null, 'en'],
])('built-in words for %s at %s are in %s', (reader, tenant, locale) => {
  expect(wordsFor(FOREIGN, 'chat', reader, tenant).locale).toBe(locale);
});
