// How the dashboard looks: the blue of the pages that recipients see, and contrasts that hold in light and dark (WCAG 2.2 AA).
import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Around #164fdc, the accent of packages/server/src/responses/page-style.ts. */
const RELANCE: MantineColorsTuple = [
  '#edf2ff',
  '#dbe4ff',
  '#b9caff',
  '#92acff',
  '#6d8ffb',
  '#4a74f3',
  '#2b5cea',
  '#164fdc',
  '#1244bd',
  '#0f389a',
];

/** Greys of the dark colours, with a little of the blue. */
const DARK: MantineColorsTuple = [
  '#e4e7ee',
  '#c5cad6',
  '#a3abba',
  '#7d8698',
  '#454c5a',
  '#363c48',
  '#2a2f39',
  '#1e2128',
  '#16181d',
  '#0f1115',
];

export const theme = createTheme({
  primaryColor: 'relance',
  primaryShade: { light: 7, dark: 6 },
  colors: { relance: RELANCE, dark: DARK },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.55rem' }, h2: { fontSize: '1.15rem' } } },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Within a text a link is told by more than its colour.
  components: { Anchor: { defaultProps: { underline: 'always' } } },
});
