// Completion in the editor of a policy: what offers.ts knows of the place of the cursor.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { type KnownNames, type Offer, offersAt } from './offers.ts';
import { placeAt } from './yaml-place.ts';

const TYPES: Readonly<Record<Offer['kind'], string>> = { key: 'property', value: 'enum', name: 'variable' };

const toCompletion = ({ label, kind, detail, info, apply }: Offer): Completion => ({
  label,
  type: TYPES[kind],
  apply,
  ...(detail === '' ? {} : { detail }),
  ...(info === null ? {} : { info }),
  // What must be there comes first.
  ...(detail === 'required' ? { boost: 2 } : {}),
});

export const policyCompletion =
  (schema: () => Readonly<Record<string, unknown>> | null, names: () => KnownNames): CompletionSource =>
  ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const known = schema();
    const place = known === null ? null : placeAt(state.doc.toString(), pos);
    if (known === null || place === null) return null;
    // Unasked only where something has been begun, or right after the colon or the bracket of a value.
    if (!explicit && place.from === pos && place.kind === 'key') return null;
    const options = offersAt(known, place, names()).map(toCompletion);
    return options.length === 0 ? null : { from: place.from, options, validFor: /^[\w.()-]*$/ };
  };
