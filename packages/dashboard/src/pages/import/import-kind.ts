// What a file can be imported as: the fields that its columns stand for, and how rows become what the server takes. People are one
// kind (../recipient/import-people.ts), follow-ups another (../follow-up/import-follow-ups.ts); everything else is the same for each.

export interface ImportField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  /** What headers call it, in small letters without anything between: `emailaddress`. */
  readonly called: readonly string[];
}

/**
 * What becomes of one row; of a dry run what would. `holds`: the key under which it stands from then on, where only the server can say
 * which that is. A later row with the same goes to it, which a dry run does not see, as it keeps nothing.
 */
export type Outcome =
  | { readonly kind: 'created' | 'unchanged'; readonly holds?: string }
  | { readonly kind: 'changed'; readonly fields: readonly string[]; readonly holds?: string }
  | { readonly kind: 'refused'; readonly why: string };

/** A row by its mapping: text of each field that is not empty, and values under names that the file brought. */
export interface RowRecord {
  readonly fields: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface ImportKind<B> {
  /** `person`, `people`. */
  readonly one: string;
  readonly many: string;
  readonly fields: readonly ImportField[];
  /** Columns that are no field may be kept under their names: as what, and where they end up. */
  readonly extra: {
    readonly label: string;
    readonly says: string;
    /** A header that begins so is kept without being asked, under what follows. */
    readonly prefixes: readonly string[];
    /** Every other column is kept without being asked. */
    readonly all?: boolean;
  };
  /** How many rows the server takes at once. */
  readonly atOnce: number;
  /** The body of a row, and what names it: the same name twice in a file is a mistake. Null: nothing does. */
  readonly bodyOf: (record: RowRecord) => { readonly name: string | null; readonly body: B } | { readonly why: string };
  /** One outcome for each, in their order. */
  readonly send: (bodies: readonly B[], dryRun: boolean) => Promise<readonly Outcome[]>;
}
