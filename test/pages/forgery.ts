// Forged links and forms, made from real ones: what an attacker who has a link of their own, or none, can try. Each is one request and
// what it may be answered; e2e/page-forgeries.test.ts sends them.
import type { Random } from '../random.ts';
import type { Link } from './campaign.ts';

export interface Forged {
  readonly what: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** True: it is the real link, with something beside it that must mean nothing; it may only be looked at. */
  readonly isReal: boolean;
}

const EVIL = [
  '//evil.test',
  'https://evil.test',
  '/\\evil.test',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '%0d%0aLocation:%20https://evil.test',
  '\r\nLocation: https://evil.test',
  'https://relance.test@evil.test/',
  'evil。test',
  '//evil％2etest',
  '..//evil.test',
  '%2f%2fevil.test',
];
const PLACES = ['a', 'u', 'me', 's', 'p', 't/c', 't/o'];
const FIELDS = ['next', 'url', 'redirect', 'return_to', 'continue', 'about', 'do', 'action', 'token', 'to', 'email'];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const plain = { method: 'GET', body: null, headers: {}, isReal: false } as const;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

type Forge = (link: Link, random: Random, others: readonly string[]) => Forged;

/** Of tokens: nothing of it is a link. `others`: tokens that were derived for another tenant, by another secret, for nobody. */
const TOKENS: readonly Forge[] = [
  ({ path }, random) => {
    const { place, token } = parted(path);
    const at = random.below(token.length);
    const bit = 1 << random.below(6);
    const flipped = ALPHABET[ALPHABET.indexOf(token[at] ?? 'A') ^ bit] ?? 'A';
    return { ...plain, what: 'a bit', path: `/${place}/${token.slice(0, at)}${flipped}${token.slice(at + 1)}` };
  },
  ({ path }, random) => ({ ...plain, what: 'truncated', path: path.slice(0, path.length - 1 - random.below(21)) }),
  ({ path }, random) => ({ ...plain, what: 'longer', path: `${path}${ALPHABET[random.below(64)]}` }),
  ({ path }, random) => {
    const { place, token } = parted(path);
    const other = random.pick(PLACES.filter((one) => one !== place));
    return { ...plain, what: 'another purpose', path: `/${other}/${token}` };
  },
  ({ path }, random, others) => ({
    ...plain,
    what: 'another key',
    path: `/${parted(path).place}/${random.pick(others)}`,
  }),
  ({ path }) => ({ ...plain, what: 'other case', path: `/${parted(path).place}/${swapped(parted(path).token)}` }),
  ({ path }, random) => ({
    ...plain,
    what: 'evil in the token',
    path: `/${parted(path).place}/${encoded(random.pick(EVIL))}`,
  }),
  ({ path }, random) => ({ ...plain, what: 'evil behind it', path: `${path}/${encoded(random.pick(EVIL))}` }),
  ({ path }, random) => ({ ...plain, what: 'evil before it', path: `/${encoded(random.pick(EVIL))}${path}` }),
];

/** Beside a real link: it leads where it leads. */
const BESIDE: readonly Forge[] = [
  ({ path }, random) => ({
    ...plain,
    what: 'a query',
    path: `${path}?${random.pick(FIELDS)}=${encodeURIComponent(random.pick(EVIL))}`,
    isReal: true,
  }),
  ({ path }, random) => ({
    ...plain,
    what: 'another host',
    path,
    headers: random.pick([
      { host: 'evil.test' },
      { 'x-forwarded-host': 'evil.test' },
      { forwarded: 'host=evil.test;proto=https' },
      { 'x-original-url': '//evil.test' },
      { referer: 'https://evil.test/' },
      { origin: 'https://evil.test' },
    ]),
    isReal: true,
  }),
];

/** What is posted to what is no link, and to a real page what it does not offer. */
const FORMS: readonly Forge[] = [
  (link, random, others) => ({
    ...random.pick(TOKENS)(link, random, others),
    method: 'POST',
    body: random.pick(['', 'do=resolve', 'fresh=1', 'List-Unsubscribe=One-Click', 'about=x&do=resolve']),
    headers: form,
  }),
  ({ path, kind }, random) => {
    const evil = encodeURIComponent(random.pick(EVIL));
    const field = kind === 'me' ? random.pick(['about', 'do', 'to']) : 'do';
    const isPage = kind === 'me' || kind === 's' || kind.startsWith('a ');
    return {
      what: 'a field',
      method: 'POST',
      path: isPage ? path : `${path}x`,
      body: `${field}=${evil}&next=${evil}`,
      headers: form,
      isReal: kind === 's',
    };
  },
  ({ path, kind }, random) => ({
    what: 'a person or a day that is none',
    method: 'POST',
    path: kind.startsWith('a ') ? path : `${path}x`,
    body:
      random.pick(['do=delegate&to=', 'do=delegate&email=', 'do=commit&on=', 'do=snooze&on=', 'do=snooze&for=']) +
      encodeURIComponent(random.pick(EVIL)),
    headers: form,
    isReal: false,
  }),
];

export function forge(link: Link, random: Random, others: readonly string[]): Forged {
  const forged = random.pick([...TOKENS, ...TOKENS, ...BESIDE, ...FORMS])(link, random, others);
  return forged.method === 'GET' && random.chance(0.2) ? { ...forged, method: 'HEAD' } : forged;
}

function parted(path: string): { readonly place: string; readonly token: string } {
  const at = path.lastIndexOf('/');
  return { place: path.slice(1, at), token: path.slice(at + 1) };
}
const swapped = (text: string): string =>
  [...text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('');
/** Some of it as it is, where an address can bear it. */
const encoded = (text: string): string =>
  /^[!-~]+$/.test(text) && !/[<>"\\]/.test(text) ? text : encodeURIComponent(text);
