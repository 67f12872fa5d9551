// Why a mail came back: whether the address itself is no good, for good, or whether it was the mail, the server or the moment. Read
// from the enhanced status code (RFC 3463), and from the words where the code says nothing or is used for everything. Where both are
// unclear, the address is given the benefit of the doubt. bounce.ts finds code and words.
import { wordsOf } from './http-judge.ts';

export interface Diagnosis {
  readonly status: string | null;
  readonly permanent: boolean;
  /** The words that say it, without addresses; null where there are none. */
  readonly words: string | null;
}

/** No such mailbox, host or address; moved; accepts no mail; mailbox disabled; nowhere to send to. */
const GONE = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1', '5.4.4', '5.7.13']);
/** The address is there, or nothing is said of it: the sender's address, full, too large, a loop, too late, refused by policy. */
const STAYS = new Set([
  '5.1.7',
  '5.1.8',
  '5.2.2',
  '5.2.3',
  '5.3.4',
  '5.4.6',
  '5.4.7',
  '5.7.9',
  '5.7.23',
  '5.7.26',
  '5.7.27',
]);

const either = (...parts: readonly RegExp[]): RegExp => new RegExp(parts.map(({ source }) => source).join('|'), 'i');
const NOBODY = either(
  /unknown (?:user|recipient|address|mailbox|account|host|domain|local[- ]part)/,
  /(?:user|recipient|mailbox|address|account|addressee|host|domain)(?: name)?(?: is| was|:|\(s\) account is)? ?(?:unknown|not known|not found|invalid|inactive|disabled|suspended|closed|deactivated)/,
  /(?:user|recipient|mailbox|address|account|domain)\b.{0,60}(?:does(?: not|n['’]t) exist|not exist|no longer (?:exists|available|valid|in use|active))/,
  /\.[a-z]{2,24}\S? does not exist|account has been disabled/,
  /(?:no|not a) (?:such|valid|known) (?:user|recipient|mailbox|address|person|account|domain|host)/,
  /(?:no|not a) (?:mailbox|user|account)(?: here)?(?: by| with)? (?:that|this) name/,
  /no mailbox here|does(?: not|n['’]t) have an? .{0,40}account|isn['’]t a known|not our (?:customer|user)/,
  /invalid (?:recipient|mailbox|user|address|domain|.{0,20}userid)/,
  /recipient address rejected: (?:access denied|user unknown|undeliverable|unverified|invalid)/,
  /disabled recipient|user unknown|host unknown|not listed in .{0,20}directory|name is not recognized/,
  /no mx record|does not accept (?:any )?mail|not accepting network messages|account is blocked/,
  /(?:host|domain)(?: or domain)?(?: name)?\b.{0,20}not found|unrouteable (?:mail )?(?:address|domain)|nxdomain/,
  /couldn['’]t find a mail exchanger|host does not accept mail|(?:mailbox|account|user).{0,20}(?:unavailable|is inactive)/,
  /the (?:email|e-mail) (?:account|address) that you tried to reach|couldn['’]t be found|wasn['’]t found at|could not be found/,
);
/** Said even with a code that says gone. */
const FULL = /quota|over ?limit|(?:mailbox|inbox|disk|storage)\b.{0,20}full|full mailbox|at a rate|temporar/i;
const NOT_THE_ADDRESS = either(
  FULL,
  /too (?:large|big|many)|size (?:limit|exceed)|spam|block(?:ed|list)|blacklist|reputation|ip address|dmarc|\bspf\b|dkim|relay(?:ing)?\b.{0,20}denied|open relay/,
  /greylist|try again|timed? ?out|rate limit|connection (?:refused|timed)|virus|content (?:reject|policy)/,
);

/** An enhanced code that is not part of a version, an address or a date. */
const CODE = /(?:^|[\s(#<:;[-])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/;
const REPLY = /(?:^|[\s(<:;[-])([45])\d\d[\s\]-]/;
/** Where the mail that came back begins: its words are not the server's. */
const ORIGINAL =
  /^[ \t>*|-]{0,80}(?:- ?(?:original message|below this line|this is a copy|returned message|unsent message|message text follows|forwarded message|the body of)|(?:received|return-path|message-id|mime-version): )/im;

/** `said`: the code a report gives. `exact`: the words are the receiving server's own, and its code is better than a report's. */
export function diagnosisOf(said: string | null, words: string, exact = false): Diagnosis {
  const cut = exact ? -1 : words.search(ORIGINAL);
  const text = cut <= 0 ? words : words.slice(0, cut);
  const within = CODE.exec(text)?.[1] ?? null;
  const status = said === null || exact || /^[245]\.0\.0$/.test(said) ? (within ?? said) : said;
  const lines = exact ? [text] : text.split(/\r?\n/).filter((line) => /\w/.test(line));
  const reply = REPLY.exec(text)?.[1] ?? null;
  const forGood = (status ?? reply ?? '5').startsWith('5');
  return { status, permanent: forGood && gone(status, lines), words: worthReading(lines) };
}

function gone(status: string | null, lines: readonly string[]): boolean {
  if (status !== null && STAYS.has(status)) return false;
  const telling = lines.filter((line) => CODE.test(line) || REPLY.test(line) || NOBODY.test(line));
  if (status !== null && GONE.has(status)) {
    const own = telling.filter((line) => line.includes(status)); // one mail may tell of several recipients
    return !(own.length > 0 ? own : telling).some((line) => FULL.test(line));
  }
  return !telling.some((line) => NOT_THE_ADDRESS.test(line)) && telling.some((line) => NOBODY.test(line));
}

/** The line with a code in it, else the first that has words. */
function worthReading(lines: readonly string[]): string | null {
  const line =
    lines.find((one) => CODE.test(one) || REPLY.test(one)) ?? lines.find((one) => NOBODY.test(one)) ?? lines[0];
  return line === undefined ? null : wordsOf(line) || null;
}
