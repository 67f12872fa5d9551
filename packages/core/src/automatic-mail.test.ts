// What a mail says of itself before anybody reads it: programs that answer say so in many ways, and people's mails look like them.
import { describe, expect, it } from 'vitest';
import { automaticBy, isAwaySubject } from './automatic-mail.ts';

const by = (headers: Readonly<Record<string, string>>) => automaticBy({ header: (name) => headers[name] ?? null });

describe('no person wrote', () => {
  it.each([
    [{ 'auto-submitted': 'auto-replied (vacation)' }, 'auto_submitted'],
    [{ 'auto-submitted': 'auto-generated' }, 'auto_submitted'],
    [{ 'auto-submitted': ' Auto-Notified; owner-email="a@example.test"' }, 'auto_submitted'],
    [{ 'x-autoreply': 'yes' }, 'auto_submitted'],
    [{ precedence: 'bulk' }, 'auto_submitted'],
    [{ precedence: 'auto_reply' }, 'auto_submitted'],
    [{ precedence: 'list' }, 'list'],
    [{ 'list-id': '<team.example.test>' }, 'list'],
    [{ 'list-unsubscribe': '<mailto:leave@example.test>', 'auto-submitted': 'no' }, 'list'],
    [{ 'x-autoreply': 'yes', 'auto-submitted': 'no' }, 'auto_submitted'],
    [{ 'x-relance-follow-up': '1' }, 'auto_submitted'],
    [{ 'delivered-to': 'Autoresponder' }, 'auto_submitted'],
  ])('%j', (headers, reason) => {
    expect(by(headers as Record<string, string>)).toBe(reason);
  });
});

describe('a person may have written', () => {
  it.each([
    {},
    { 'auto-submitted': 'no' },
    { 'auto-submitted': 'No; because="typed"' },
    { 'auto-submitted': 'no', precedence: 'bulk' },
    { 'auto-submitted': '' },
    { 'x-auto-response-suppress': 'All' },
    { 'x-autoreply': 'no' },
    { precedence: 'first-class' },
  ])('%j', (headers) => {
    expect(by(headers as Record<string, string>)).toBe(null);
  });
});

it.each([
  ['Automatic reply: Invoice 42', true],
  ['Out of Office: Invoice 42', true],
  ['[Auto-Reply] Invoice 42', true],
  ['Re: [auto-reply] Invoice 42', true],
  ['Réponse automatique : Facture 42', true],
  ['Automatische Antwort: Rechnung 42', true],
  ['Abwesenheitsnotiz: Rechnung 42', true],
  ['Respuesta automática: Factura 42', true],
  ['Risposta automatica: Fattura 42', true],
  ['Resposta automática: Fatura 42', true],
  ['Automatisch antwoord: Factuur 42', true],
  ['Autosvar: Faktura 42', true],
  ['Frånvaro: Faktura 42', true],
  ['Re: Out of office list', false],
  ['Re: Invoice 42', false],
  ['AW: Abwesenheit eintragen', false],
  ['', false],
])('the subject %j is of an out-of-office reply: %s', (subject, away) => {
  expect(isAwaySubject(subject)).toBe(away);
});
