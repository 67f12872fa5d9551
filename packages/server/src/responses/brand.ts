// A tenant's own look on the pages behind links: its picture, its name, its colour where a text on it can be read. Pure.
import { type Branding, inkOn } from '@relance/core';
import { type Html, html } from './html.ts';

/** Only what fills something: on the grounds of dark and light pages no colour but ours is known to be readable. */
export const BRAND_STYLE = (branding: Branding | undefined): string =>
  branding?.color === undefined
    ? ''
    : `.card{border-top:4px solid ${branding.color}}button.primary{background:${branding.color};border-color:${branding.color};color:${inkOn(branding.color)}}`;

/** Where its pictures come from, for the content security policy. */
export const imagesOf = (branding: Branding | undefined): readonly string[] =>
  branding?.logo === undefined || !URL.canParse(branding.logo) ? [] : [new URL(branding.logo).origin];

export function brandHead(tenant: string | null, branding: Branding | undefined): Html | null {
  const name = branding?.name ?? tenant;
  if (imagesOf(branding).length > 0)
    return html`<p><img src="${branding?.logo}" alt="${name ?? ''}" height="40" referrerpolicy="no-referrer"></p>`;
  return name === null ? null : html`<p class="soft"><strong>${name}</strong></p>`;
}
