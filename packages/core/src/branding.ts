// How a tenant shows itself in its messages: `branding` of relance.yaml, which templates see as `tenant`.
import { z } from 'zod';

const TEXT_MAX = 500;
const page = z
  .string()
  .max(2_000)
  .regex(/^https:\/\/[^\s<>"`|\\^{}]+$/, 'must be an https:// address');

export const brandingSchema = z.strictObject({
  /** In place of the tenant's own name. */
  name: z.string().min(1).max(TEXT_MAX).optional(),
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
