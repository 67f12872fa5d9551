// How the elements look: one sheet that all of them adopt (constructable style sheets, so a strict CSP has nothing to refuse), in
// colours that follow the color-scheme of the page. A page changes them by custom properties --relance-… and by parts.
import { type CSSResult, unsafeCSS } from 'lit';

/** As lit's own, without a place to put anything in: so it need not judge what is put there. */
export const css = ({ raw: [sheet = ''] }: TemplateStringsArray): CSSResult => unsafeCSS(sheet);

export const STYLE = css`
:host{--_accent:var(--relance-accent,light-dark(#164fdc,#7ea2ff));--_on-accent:var(--relance-on-accent,light-dark(#fff,#0d1220));--_ink:var(--relance-ink,light-dark(#1c2333,#eef1f6));--_soft:var(--relance-soft,light-dark(#5b6478,#a3adc0));--_paper:var(--relance-paper,light-dark(#fff,#1a2030));--_line:var(--relance-line,light-dark(#e3e6ec,#2c3447));--_warn:var(--relance-warn,light-dark(#b3261e,#ff9b8f));--_good:var(--relance-good,light-dark(#0f6e4e,#4cc79a));--_radius:var(--relance-radius,12px);--_shadow:var(--relance-shadow,0 12px 40px rgb(10 16 32/.22));font:var(--relance-font,400 1rem/1.45 system-ui,sans-serif);color:var(--_ink);text-align:start}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}:host([hidden]){display:none}
*,::before,::after{box-sizing:border-box}h2,h3,p,ul{margin:0;padding:0}ul{list-style:none}
.said{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button,select,input{font:inherit;color:inherit}
button,.button{display:inline-flex;align-items:center;justify-content:center;gap:.4em;min-block-size:2.25rem;padding:.25rem .8rem;border:1px solid var(--_line);border-radius:calc(var(--_radius)*.66);background:transparent;color:var(--_ink);font-size:.9rem;font-weight:600;text-decoration:none;cursor:pointer}
button:hover:not(:disabled),.button:hover{background:color-mix(in srgb,var(--_accent) 10%,transparent)}
button:disabled{opacity:.6;cursor:default}
.first{border-color:var(--_accent);background:var(--_accent);color:var(--_on-accent)}.first:hover:not(:disabled){background:var(--_accent);filter:brightness(.92)}
.icon{min-inline-size:2.25rem;padding:0;border-color:transparent;color:var(--_soft)}
.plain{border:0;padding:.25rem;color:var(--_accent);min-block-size:2rem}
:focus-visible{outline:3px solid color-mix(in srgb,var(--_accent) 65%,transparent);outline-offset:2px}
svg{inline-size:1.25rem;block-size:1.25rem;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round;flex:none}
[dir=rtl] .turns,:host(:dir(rtl)) .turns{transform:scaleX(-1)}
.title{font-size:1rem;line-height:1.35;font-weight:600;overflow-wrap:anywhere}.title a{color:inherit;text-underline-offset:.2em}
.title,.body{text-align:match-parent}.row{display:flex;align-items:start;gap:.5rem}.row>.icon{margin-block-start:-.3rem}.grow{flex:1;min-inline-size:0}
.body{color:var(--_soft);font-size:.94rem;white-space:pre-line;overflow-wrap:anywhere;margin-block-start:.15rem}
.meta{display:flex;flex-wrap:wrap;gap:.1rem .6rem;color:var(--_soft);font-size:.82rem}
.urgent{color:var(--_warn);font-weight:700}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;margin-block-start:.65rem}
.did,.trouble{display:flex;flex-wrap:wrap;align-items:center;gap:.1rem .5rem;margin-block-start:.5rem;font-size:.92rem;font-weight:600}
.did{color:var(--_good)}.trouble{color:var(--_warn)}
.card{background:var(--_paper);color:var(--_ink);border:1px solid var(--_line);border-radius:var(--_radius)}
@media (prefers-reduced-motion:no-preference){.enters{animation:enters .2s ease-out}}
@keyframes enters{from{opacity:0}}
@media (forced-colors:active){.first{border-width:2px}.dot{background:CanvasText}}
`;
