// How all pages behind links in messages look, and their frame: one column that a phone shows without zooming, light and dark, in
// the fonts that are there. What stands in them is said by the views beside it.
import { type Html, html, type Page } from './html.ts';

export const PAGE_STYLE = `:root{color-scheme:light dark;--ink:#1c2333;--soft:#5b6478;--paper:#fff;--ground:#f4f5f7;--line:#e3e6ec;--accent:#164fdc;--good:#12805c;--warn:#b54708}
@media(prefers-color-scheme:dark){:root{--ink:#eef1f6;--soft:#a3adc0;--paper:#1a2030;--ground:#10141f;--line:#2c3447;--accent:#6d95ff;--good:#4cc79a;--warn:#f5a35c}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:32rem;margin:0 auto;padding:1.5rem 1rem 3rem}.card{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:1.5rem}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .75rem}p{margin:.4rem 0}.soft{color:var(--soft);font-size:.95rem}.news{border-left:4px solid var(--good);padding:.5rem .9rem;margin:0 0 1rem;background:color-mix(in srgb,var(--good) 10%,transparent);border-radius:0 8px 8px 0}.news.warn{border-color:var(--warn);background:color-mix(in srgb,var(--warn) 10%,transparent)}
button{font:inherit;font-weight:600;width:100%;min-height:3.25rem;border-radius:10px;border:1px solid var(--accent);background:var(--accent);color:#fff;cursor:pointer;margin-top:.75rem}button.quiet{background:transparent;color:var(--accent)}button:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 50%,transparent);outline-offset:2px}
@media(prefers-color-scheme:dark){button{color:#0d1220}button.quiet{color:var(--accent)}}
details{margin-top:1.25rem}summary{cursor:pointer;color:var(--soft);padding:.4rem 0}details.act{border:1px solid var(--line);border-radius:10px;margin-top:.75rem;padding:0 1rem}details.act>summary{color:var(--accent);font-weight:600;padding:.8rem 0}details.act form{padding-bottom:1rem}label{display:block;margin-top:.6rem}a{color:var(--accent)}select,textarea,input:not([type=checkbox]){font:inherit;width:100%;padding:.7rem;border-radius:10px;border:1px solid var(--line);background:var(--paper);color:var(--ink);margin-top:.5rem}
h1,h2,p,summary,label{overflow-wrap:anywhere}.card+.card{margin-top:1rem}.card h2{font-size:1.1rem;line-height:1.35;margin:0 0 .5rem}.tag{display:inline-block;font-size:.8rem;font-weight:600;border:1px solid currentColor;border-radius:6px;padding:0 .45rem;margin:0 .35rem .35rem 0;color:var(--warn)}.lead{margin:0 .25rem 1rem}.later{margin:1.5rem .25rem 0}.later .card{margin-top:.75rem}.facts{margin:1rem 0 0}.facts dt{color:var(--soft);font-size:.9rem;margin-top:.75rem}.facts dd{margin:.1rem 0 0}button.device{width:auto;padding:0 1.25rem}`;

/** A page of one card. */
export const cardPage = (language: string, title: string, body: Html): Page => ({
  title,
  language,
  style: PAGE_STYLE,
  body: html`<main><div class="card">${body}</div></main>`,
});
