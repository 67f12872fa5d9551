// How a tenant shows itself in its messages: `branding` of relance.yaml, which templates see as `tenant`.
import { z } from 'zod';

const TEXT_MAX = 500;
const page = z
  .string()
  .max(2_000)
  // Its origin stands in a Content-Security-Policy, where `;` and `,` begin another directive (CSP3 §2.2).
  .regex(
    /^https:\/\/[^\s<>"'`|\\^{};,/?#]+(?:[/?#][^\s<>"`|\\^{}]*)?$/,
    'must be an https:// address, without any of " < > and blanks',
  );

export const brandingSchema = z.strictObject({
  /** In place of the tenant's own name. */
  name: z
    .string()
    .min(1)
    .max(TEXT_MAX)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line')
    .optional(),
  /** A picture that mail programs load. */
  logo: page.optional(),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1f5eff')
    .optional(),
  /** Where letters reach the tenant: some laws want it in each mail. */
  address: z.string().max(TEXT_MAX).optional(),
  url: page.optional(),
  supportEmail: z.email().max(320).optional(),
  supportPhone: z.string().max(50).optional(),
});

export type Branding = Readonly<z.infer<typeof brandingSchema>>;

const WHITE = '#ffffff';
const INK = '#1c2333';

/** In which of the two a text on a colour is read better: the contrast of WCAG 2.2, 1.4.3. */
export const inkOn = (color: string): typeof WHITE | typeof INK =>
  contrast(color, WHITE) >= contrast(color, INK) ? WHITE : INK;

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
