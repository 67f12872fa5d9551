// People as a kind of import: what headers call their fields, in the languages that files come in, and rows as the bodies that the
// server merges into who is known. What a cell leaves empty stays as it is.
import type { ListedRecipient } from '@relance/client';
import { api } from '../../api.ts';
import type { ImportKind, Outcome, RowRecord } from '../import/import-kind.ts';

/** The server takes 1,000; smaller parts show how far it has come. */
const AT_ONCE = 250;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export const PEOPLE: ImportKind<ListedRecipient> = {
  one: 'person',
  many: 'people',
  fields: [
    {
      name: 'id',
      label: 'Id',
      required: true,
      called: ['id', 'recipientid', 'userid', 'personid', 'employeeid', 'customerid', 'externalid', 'key', 'username'],
    },
    { name: 'name', label: 'Name', required: false, called: ['name', 'fullname', 'displayname', 'nom', 'nombre'] },
    {
      name: 'email',
      label: 'Email',
      required: false,
      called: ['email', 'emailaddress', 'mail', 'emailadresse', 'correo', 'courriel', 'address'],
    },
    {
      name: 'phone',
      label: 'Phone',
      required: false,
      called: [
        'phone',
        'phonenumber',
        'mobile',
        'mobilephone',
        'cell',
        'tel',
        'telephone',
        'telefon',
        'telefono',
        'sms',
      ],
    },
    {
      name: 'locale',
      label: 'Language',
      required: false,
      called: ['locale', 'language', 'lang', 'langue', 'sprache', 'idioma'],
    },
    { name: 'timeZone', label: 'Time zone', required: false, called: ['timezone', 'zone', 'tz', 'zeitzone'] },
    {
      name: 'manager',
      label: 'Manager (id)',
      required: false,
      called: ['manager', 'managerid', 'supervisor', 'reportsto'],
    },
    { name: 'country', label: 'Country', required: false, called: ['country', 'countrycode', 'pays', 'land', 'pais'] },
    { name: 'region', label: 'Region', required: false, called: ['region', 'state', 'province', 'bundesland'] },
    { name: 'city', label: 'City', required: false, called: ['city', 'town', 'ville', 'stadt', 'ciudad'] },
  ],
  extra: {
    label: 'trait',
    says: 'Traits are what conditions and templates may ask for (recipient.traits.plan). What is not ticked is not taken from the file.',
    prefixes: ['traits.', 'trait.', 'trait_', 'trait:', 'attributes.', 'attribute.'],
  },
  atOnce: AT_ONCE,
  bodyOf,
  send,
};

function bodyOf({ fields, extra }: RowRecord): ReturnType<ImportKind<ListedRecipient>['bodyOf']> {
  const { id, country, region, city, ...lines } = fields;
  if (id === undefined) return { why: 'It has no id.' };
  const body: Mutable<ListedRecipient> = { id, ...lines };
  if (country !== undefined || region !== undefined || city !== undefined)
    body.location = {
      ...(country === undefined ? {} : { country }),
      ...(region === undefined ? {} : { region }),
      ...(city === undefined ? {} : { city }),
    };
  if (Object.keys(extra).length > 0) body.traits = extra;
  return { name: id, body };
}

async function send(bodies: readonly ListedRecipient[], dryRun: boolean): Promise<readonly Outcome[]> {
  const answer = await api.recipients.bulk(bodies, { merge: true, dryRun });
  const outcomes = new Map<number, Outcome>();
  for (const { index, detail } of answer.rejected) outcomes.set(index, { kind: 'refused', why: detail });
  for (const { index, result, fields } of answer.results)
    outcomes.set(index, result === 'changed' ? { kind: result, fields } : { kind: result });
  return bodies.map((_, index) => outcomes.get(index) ?? { kind: 'refused', why: 'The server did not say.' });
}
