// With what the page of everything that waits is installed: it opens at the same link, as an app of its own. Addresses are relative to
// the manifest, so that they hold wherever a proxy has put the pages.
import type { PageLanguage } from './page-language.ts';

const NAMES = { en: 'Waiting for you', fr: 'Ce qui vous attend' } as const;
const SHORT_NAME_MAX = 30;

export const meManifest = (language: PageLanguage, tenant: string | null, token: string) => {
  const name = tenant === null ? NAMES[language] : `${NAMES[language]} – ${tenant}`;
  return {
    id: './',
    name,
    short_name: (tenant ?? NAMES[language]).slice(0, SHORT_NAME_MAX).toWellFormed(),
    lang: language,
    start_url: `../${token}`,
    scope: '../',
    display: 'standalone',
    background_color: '#f4f5f7',
    theme_color: '#1f5eff',
    icons: [{ src: '../../icon.svg', type: 'image/svg+xml', sizes: 'any', purpose: 'any' }],
  };
};
