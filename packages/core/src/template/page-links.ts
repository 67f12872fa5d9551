// Links to pages that belong to the reader instead of to one message, which templates see as `links.<name>` and built-in mail has
// below its words. The server makes them (responses/page-link.ts); what each says is words.ts.

export const PAGE_LINKS = ['preferences'] as const;
export type PageLinks = Readonly<Partial<Record<(typeof PAGE_LINKS)[number], string>>>;
