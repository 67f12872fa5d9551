// Who visits a message: a table of what programs call themselves, of when they come and of what comes with them, each with the
// evidence it is and why. The same program at another time is graded otherwise.
import { describe, expect, it } from 'vitest';
import { instant } from './instant.ts';
import { gradeVisits, VISIT_REASONS, type Visit, type VisitReason } from './visit.ts';

const SENT = instant(Date.UTC(2026, 10, 2, 9));
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const OUTLOOK = 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.18025; Pro)';

interface Given extends Partial<Omit<Visit, 'at'>> {
  /** After the hand-over. */
  readonly seconds?: number;
}
const visit = ({ seconds = 600, ...given }: Given): Visit => ({
  kind: 'opened',
  link: given.kind === 'clicked' ? 0 : null,
  agent: CHROME,
  manner: 'plain',
  ...given,
  at: instant(SENT + seconds * 1_000),
});
const graded = (...given: readonly Given[]): string[] =>
  gradeVisits(given.map(visit), SENT).map(({ evidence, why }) => `${evidence} ${why}`);

describe('a visit by itself', () => {
  const table: readonly (readonly [string, Given, 'machine' | 'likely', VisitReason])[] = [
    ['Chrome opens', {}, 'likely', 'browser'],
    ['Chrome follows a link', { kind: 'clicked' }, 'likely', 'browser'],
    ['Apple Mail without privacy protection', { agent: IPHONE }, 'likely', 'browser'],
    ['Outlook on Windows', { agent: OUTLOOK }, 'likely', 'mail_program'],
    ['old Outlook', { agent: 'Mozilla/4.0 (compatible; ms-office; MSOffice 16)' }, 'likely', 'mail_program'],
    ["Gmail's proxy when a mail is shown", { agent: GMAIL }, 'likely', 'image_proxy'],
    ["Gmail's proxy at a link", { agent: GMAIL, kind: 'clicked' }, 'machine', 'proxy_click'],
    [
      "Yahoo's proxy",
      { agent: 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html' },
      'likely',
      'image_proxy',
    ],
    ['Apple Mail Privacy Protection', { agent: 'Mozilla/5.0' }, 'machine', 'privacy_proxy'],
    ['the same words at a link', { agent: 'Mozilla/5.0', kind: 'clicked' }, 'machine', 'unknown'],
    ['SafeLinks', { agent: 'Mozilla/5.0 (compatible; MS SafeLinks)', kind: 'clicked' }, 'machine', 'scanner'],
    [
      'the preview of Outlook on the web',
      { agent: `${CHROME} BingPreview/1.0b`, kind: 'clicked' },
      'machine',
      'scanner',
    ],
    [
      'Office before it opens a link',
      { agent: 'Microsoft Office Existence Discovery', kind: 'clicked' },
      'machine',
      'scanner',
    ],
    ['Barracuda', { agent: 'BarracudaCentral Link Protection', kind: 'clicked' }, 'machine', 'scanner'],
    ['Mimecast', { agent: 'Mozilla/5.0 (Mimecast URL Protect)', kind: 'clicked' }, 'machine', 'scanner'],
    [
      'Proofpoint',
      { agent: 'Mozilla/5.0 (compatible; Proofpoint URL Defense)', kind: 'clicked' },
      'machine',
      'scanner',
    ],
    [
      'Slack',
      { agent: 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', kind: 'clicked' },
      'machine',
      'unfurler',
    ],
    [
      'Teams',
      { agent: 'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5', kind: 'clicked' },
      'machine',
      'unfurler',
    ],
    ['WhatsApp', { agent: 'WhatsApp/2.23.20.0', kind: 'clicked' }, 'machine', 'unfurler'],
    [
      'Facebook',
      { agent: 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', kind: 'clicked' },
      'machine',
      'unfurler',
    ],
    ['a browser nobody sits at', { agent: CHROME.replace('Chrome', 'HeadlessChrome') }, 'machine', 'headless'],
    ['curl', { agent: 'curl/8.9.1', kind: 'clicked' }, 'machine', 'library'],
    ['Python', { agent: 'python-requests/2.32', kind: 'clicked' }, 'machine', 'library'],
    ['Go', { agent: 'Go-http-client/2.0' }, 'machine', 'library'],
    [
      'a robot',
      { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
      'machine',
      'crawler',
    ],
    ['a robot that does not call itself one', { agent: 'Mozilla/5.0 (compatible; Acme/1.0)' }, 'machine', 'crawler'],
    [
      'an old browser',
      { agent: 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)' },
      'likely',
      'browser',
    ],
    [
      'a telephone by Cubot',
      { agent: CHROME.replace('Windows NT 10.0; Win64; x64', 'Linux; Android 11; CUBOT NOTE 20') },
      'likely',
      'browser',
    ],
    ['whoever says nothing', { agent: ' ' }, 'machine', 'no_agent'],
    ['whoever nobody knows', { agent: 'Acme/1.0' }, 'machine', 'unknown'],
    ['Chrome asking for headers alone', { manner: 'head', kind: 'clicked' }, 'machine', 'head'],
    ['Chrome fetching ahead', { manner: 'prefetch', kind: 'clicked' }, 'machine', 'prefetch'],
  ];
  it.each(table)('%s', (_name, given, evidence, why) => {
    expect(graded(given)).toEqual([`${evidence} ${why}`]);
  });
  it('says why in a sentence', () => {
    for (const sentence of Object.values(VISIT_REASONS)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

describe('timing decides what a name cannot', () => {
  it('the same program is a machine within seconds of the hand-over, and a person later', () => {
    for (const agent of [CHROME, GMAIL, OUTLOOK]) {
      expect(graded({ agent, seconds: 0 })).toEqual(['machine too_soon']);
      expect(graded({ agent, seconds: 4.9 })).toEqual(['machine too_soon']);
      expect(graded({ agent, seconds: 5 })[0]).toMatch(/^likely/);
    }
  });
  it('without a hand-over on record it is judged by its name', () => {
    expect(gradeVisits([visit({ seconds: 1 })], null)).toEqual([{ evidence: 'likely', why: 'browser' }]);
  });
  it('whoever follows several links within a second is a machine, the first of them as well', () => {
    expect(
      graded(
        { kind: 'clicked', link: 0, seconds: 600 },
        { kind: 'clicked', link: 1, seconds: 600.4 },
        { kind: 'clicked', link: 2, seconds: 600.9 },
        { kind: 'clicked', link: 1, seconds: 900 },
      ),
    ).toEqual(['machine at_once', 'machine at_once', 'machine at_once', 'likely browser']);
  });
  it('whoever follows one link twice, or another after a second, is not', () => {
    const twice = graded({ kind: 'clicked' }, { kind: 'clicked', seconds: 600.3 });
    expect(twice).toEqual(['likely browser', 'likely browser']);
    const slow = graded({ kind: 'clicked', link: 0 }, { kind: 'clicked', link: 1, seconds: 601 });
    expect(slow).toEqual(['likely browser', 'likely browser']);
    // A picture is fetched when a link is followed in a mail that is shown.
    expect(graded({ seconds: 600 }, { kind: 'clicked', seconds: 600.2 })).toEqual(['likely browser', 'likely browser']);
  });
});

describe('proven', () => {
  const acted = { kind: 'acted', seconds: 700 } as const;
  it('is what the same browser did that then answers on our page', () => {
    expect(graded({ kind: 'clicked' }, { seconds: 610 }, acted)).toEqual([
      'proven answered',
      'proven answered',
      'proven answered',
    ]);
  });
  it('is not what another browser did, a proxy, a machine, or the same one on another day', () => {
    expect(
      graded({ agent: IPHONE }, { agent: GMAIL }, { seconds: 1 }, { seconds: -90_000 }, acted).slice(0, 4),
    ).toEqual(['likely browser', 'likely image_proxy', 'machine too_soon', 'machine too_soon']);
    expect(graded({ kind: 'clicked', seconds: 100_000 }, acted)[0]).toBe('likely browser');
    expect(graded({ agent: 'curl/8' }, { ...acted, agent: 'curl/8' })[0]).toBe('machine library');
  });
});
