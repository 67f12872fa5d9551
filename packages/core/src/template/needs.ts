// What a template reads that has to be gathered for it before it is rendered: of the recipient's activity which types and
// windows, their last response, what else waits for them. Found when it is stored, so it must be written out.
import type { TemplateNeeds } from '../content.ts';
import { parseDuration } from '../policy/duration.ts';
import type { Read } from './reads.ts';

export const NO_NEEDS: TemplateNeeds = { activity: [], lastResponse: false, pending: false };
/** So many looks at the activity of one person for one message. */
export const ASKS_MAX = 20;

/** `url` of what is surely something else than an item of `pending`. */
const OTHER_URL = /\b(?:(?:actions|offers|links)\.\w+|subject|tenant|button)\.url\b/g;

/**
 * Whether texts may read `url` of an item of `pending`, under whatever name it goes there. Where a page is that nobody asks for is
 * costly to find, so a text that only counts them, or says their titles, has none gathered.
 */
export const readsPages = (reads: readonly Read[], texts: readonly string[]): boolean =>
  reads.some(({ path: [first, second] }) => first === 'pending' && second !== 'size') &&
  texts.some((text) => /\burl\b/.test(text.replace(OTHER_URL, '')));

export interface NeedsFound {
  readonly needs: TemplateNeeds;
  /** What is asked for in a way that nothing can be gathered for. */
  readonly problems: readonly string[];
}

const HOW = 'write it as `activity.last["type"]`, `activity.count["type"]["7 days"]` or `activity.lastResponse`';

export function needsOf(reads: readonly Read[]): NeedsFound {
  const asks = new Map<string, TemplateNeeds['activity'][number]>();
  const problems: string[] = [];
  let lastResponse = false;
  for (const { path } of reads.filter(({ path: [first] }) => first === 'activity')) {
    const [, what, type, window] = path;
    if (what === 'lastResponse') lastResponse = true;
    else if (what === 'last' && type !== undefined) asks.set(type, { type, window: null });
    else if (what === 'count' && type !== undefined && window !== undefined) {
      const length = parseDuration(window);
      if (length.ok) asks.set(`${type}\n${window}`, { type, window });
      else problems.push(`\`${path.join('.')}\`: ${length.message}`);
    } else problems.push(`\`${path.join('.')}\` says not which activity; ${HOW}`);
  }
  if (asks.size > ASKS_MAX) problems.push(`it asks for ${asks.size} kinds of activity; ${ASKS_MAX} are allowed`);
  const pending = reads.some(({ path: [first] }) => first === 'pending');
  return { needs: { activity: [...asks.values()], lastResponse, pending }, problems };
}
