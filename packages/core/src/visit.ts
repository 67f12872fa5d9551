// Who visits the picture and the links of a message: a person or a machine? Mail is opened by proxies, searched by scanners and
// unfurled by chats long before anybody reads it, and some of them look like browsers; so it is what a visit says of itself,
// when it comes, and what comes with it that decides, always over all visits of the message: what looked like a person is a
// machine when its neighbours say so, and is proven when the same browser answers on a page of ours. Pure.
import type { Evidence } from './input.ts';
import type { Instant } from './instant.ts';

/** As it came. */
export interface Visit {
  /** `acted`: the reader has answered on a page of ours, from this browser. */
  readonly kind: 'opened' | 'clicked' | 'acted';
  readonly at: Instant;
  /** Which link of the message; null for its picture and its pages. */
  readonly link: number | null;
  /** The User-Agent; empty where it sends none. */
  readonly agent: string;
  /** What its request says of itself: that it asks for headers alone, or that nobody waits for the answer. */
  readonly manner: 'plain' | 'head' | 'prefetch';
}

export type VisitReason = keyof typeof VISIT_REASONS;
export interface Grade {
  readonly evidence: Evidence;
  readonly why: VisitReason;
}

/** In sentences: why a visit counts as what it does. */
export const VISIT_REASONS = {
  head: 'It asked for headers alone, as link checkers do.',
  prefetch: 'A browser fetched it ahead, before anybody asked for it.',
  no_agent: 'It does not say what program it is.',
  scanner: 'A mail security scanner looked at it.',
  unfurler: 'A chat or a network fetched it to show a preview.',
  headless: 'It is a browser that nobody sits at.',
  library: 'A script fetched it.',
  crawler: 'It calls itself a robot.',
  privacy_proxy: 'Apple Mail fetches every picture of every mail ahead, opened or not.',
  image_proxy: "The mailbox provider's proxy fetches pictures when a mail is shown.",
  proxy_click: 'A proxy for pictures followed a link, which no reader does.',
  too_soon: 'It came within seconds of the hand-over, sooner than anybody reads.',
  at_once: 'Several links of the message were followed within a second.',
  mail_program: 'A mail program showed the message.',
  browser: 'It looks like a browser in which somebody reads.',
  unknown: 'Nothing about it says that a person is there.',
  answered: 'The same browser then answered on a page of ours.',
} as const;

/** Nobody has a mail before them, reads it and follows its link sooner than that after it was handed over. */
const TOO_SOON_MS = 5_000;
/** Nobody follows two different links within that. */
const AT_ONCE_MS = 1_000;
/** A browser that answers within so long of a visit is the visitor's. */
const ANSWER_MS = 3_600_000;

interface Program {
  readonly pattern: RegExp;
  readonly why: VisitReason;
  /** For those whose visit of a link says something else than that of the picture. */
  readonly clicked?: VisitReason;
}

/** By what programs call themselves: the first that fits. Whoever stands further up also calls itself what stands below. */
const PROGRAMS: readonly Program[] = [
  { pattern: /GoogleImageProxy|YahooMailProxy|OutlookImageProxy/i, why: 'image_proxy', clicked: 'proxy_click' },
  {
    pattern:
      /barracuda|mimecast|proofpoint|safelinks|BingPreview|MicrosoftPreview|Office Existence Discovery|IronPort|Cloudmark|MessageLabs|Symantec|TrendMicro|Sophos|FireEye|Trellix|Zscaler|Fortinet|FortiGuard|Forcepoint|Vade ?Secure|Hornetsecurity|urldefense|VirusTotal|GoogleSafety|Google-Safety|CheckPhish/i,
    why: 'scanner',
  },
  {
    pattern:
      /Slackbot|Slack-ImgProxy|SkypeUriPreview|Teams(?:Bot|LinkPreview)|WhatsApp|TelegramBot|Discordbot|facebookexternalhit|facebookcatalog|Twitterbot|LinkedInBot|Pinterestbot|redditbot|Iframely|Embedly|Mattermost|Rocket\.Chat|Zulip|SignalPreview|Viber|vkShare|Google-?Chat|Applebot/i,
    why: 'unfurler',
  },
  { pattern: /HeadlessChrome|PhantomJS|SlimerJS|Puppeteer|Playwright|Selenium|Electron-Headless/i, why: 'headless' },
  {
    pattern:
      /^(?:curl|wget|libwww-perl|python|go-http-client|java|okhttp|apache-httpclient|axios|node|undici|ruby|php|guzzlehttp|perl|aiohttp|httpx|scrapy|dart|lua|powershell|postman)/i,
    why: 'library',
  },
  // Cubot makes telephones. What is "compatible" and no old browser is a robot that says so politely.
  {
    pattern: /^Mozilla\/5\.0 \(compatible; (?!MSIE|ms-office|Konqueror)/i,
    why: 'crawler',
  },
  { pattern: /(?<!\bcu)bot\b|crawl|spider|slurp|scan|preview|monitor|fetcher|validator|checker/i, why: 'crawler' },
  // Mail Privacy Protection says this and nothing more.
  { pattern: /^Mozilla\/5\.0$/, why: 'privacy_proxy', clicked: 'unknown' },
  {
    pattern: /ms-office|Microsoft Outlook|Microsoft Office|Outlook-|Thunderbird|Apple Mail|Airmail/i,
    why: 'mail_program',
  },
  { pattern: /^(?:Mozilla|Opera)\/[\d.]+ \(/, why: 'browser' },
];
const PERSONS: ReadonlySet<VisitReason> = new Set(['image_proxy', 'mail_program', 'browser']);

/** By itself. */
function whyAlone({ kind, agent, manner }: Visit): VisitReason {
  if (manner !== 'plain') return manner;
  if (agent.trim() === '') return 'no_agent';
  const program = PROGRAMS.find(({ pattern }) => pattern.test(agent));
  if (program === undefined) return 'unknown';
  return kind === 'clicked' ? (program.clicked ?? program.why) : program.why;
}

/** By when it comes, and by what comes with it: only what would be a person's can be less. */
function whyAmong(visit: Visit, visits: readonly Visit[], sentAt: Instant | null): VisitReason {
  const alone = whyAlone(visit);
  if (!PERSONS.has(alone)) return alone;
  if (sentAt !== null && visit.at - sentAt < TOO_SOON_MS) return 'too_soon';
  const atOnce = visits.some(
    ({ kind, link, at }) =>
      kind === 'clicked' && visit.kind === 'clicked' && link !== visit.link && Math.abs(at - visit.at) < AT_ONCE_MS,
  );
  if (atOnce) return 'at_once';
  const answered = visits.some(
    ({ kind, agent, at }) => kind === 'acted' && agent === visit.agent && Math.abs(at - visit.at) <= ANSWER_MS,
  );
  return answered && alone !== 'image_proxy' ? 'answered' : alone;
}

/** Of one message: each of its visits in their order. `sentAt`: its hand-over, null where that is not known. */
export const gradeVisits = (visits: readonly Visit[], sentAt: Instant | null): readonly Grade[] =>
  visits.map((visit) => {
    if (visit.kind === 'acted') return { evidence: 'proven', why: 'answered' };
    const why = whyAmong(visit, visits, sentAt);
    return { evidence: why === 'answered' ? 'proven' : PERSONS.has(why) ? 'likely' : 'machine', why };
  });
