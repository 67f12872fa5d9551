// What the HTTP interface answers to a list of recipients.

/** What became of each of a list, by its place in it; of a dry run what would. */
export interface RecipientsAnswer {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly detail: string }[];
  readonly results: readonly {
    readonly index: number;
    readonly id: string;
    readonly result: 'created' | 'changed' | 'unchanged';
    readonly fields: readonly string[];
  }[];
}
