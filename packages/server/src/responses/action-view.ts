// The page behind an action link. The first form performs the link's own action; the others are folded away, so that one
// thumb-sized button is what a phone shows. What is said about the follow-up is act-view.ts.
import { ACT_TEXT, formFor, isHandedOn, isOpenForm, linesFor, newsFor, nextFor, type PageFacts } from './act-view.ts';
import { html, type Page } from './html.ts';
import { cardPage } from './page-style.ts';

export function actionPage(facts: PageFacts): Page {
  const words = ACT_TEXT[facts.language];
  const { links, action } = facts;
  // The first form of a link's page performs the link's own action, always; to whoever has it already, what is left to say is
  // that it is done, so that stands beside it as large.
  const own = isOpenForm(facts) ? links.find(({ name }) => name === action) : undefined;
  const isTaken = facts.isTheirs && action === 'acknowledge';
  const next = isTaken ? links.find(({ name }) => name !== 'acknowledge' && name !== 'snooze') : undefined;
  const others = isHandedOn(facts) ? [] : links.filter(({ name }) => name !== action && name !== next?.name);
  // Where what was asked for there did not go, its form stands open again.
  const isAgain = facts.outcome !== null && isOpenForm(facts) && others.some(({ name }) => name === facts.asked);
  return cardPage(
    facts.reading.locale,
    facts.title,
    html`${newsFor(facts)}<h1>${facts.title}</h1>
${linesFor(facts)}
${facts.live && own !== undefined ? formFor(facts, own, !isTaken) : null}
${facts.live && next !== undefined ? formFor(facts, next, true) : null}
${facts.live && others.length > 0 ? html`<details${isAgain ? html` open` : null}><summary>${words.other}</summary>${others.map((link) => formFor(facts, link, false))}</details>` : null}
${nextFor(facts)}
<p class="soft">${words.acting(facts.person)} ${facts.outcome === null && facts.live ? words.notYou : null}</p>`,
  );
}
