// How actions that approve and that reject are called, in their ids and labels: the beginnings of the words, as plain() of
// plain-words.ts writes them. "Approved" is an answer to an action only where that is what the action is.

export const APPROVING = [
  ...['approv', 'accept', 'agree', 'authori', 'sign off', 'confirm'],
  ...['approuv', 'valid', 'accord', 'autoris'],
  ...['genehmig', 'freigeb', 'freigabe', 'annehm', 'zustimm', 'bewillig', 'einverstanden'],
  ...['aprob', 'acept', 'autoriz'],
  ...['accett', 'conferm'],
  ...['aprov', 'aceit'],
  ...['goedkeur', 'akkoord'],
  ...['godkann', 'bevilja', 'samtyck'],
];
export const REJECTING = [
  ...['reject', 'declin', 'deny', 'disapprov', 'refus'],
  ...['rejet'],
  ...['ablehn', 'zuruckweis', 'verweiger'],
  ...['rechaz', 'deneg'],
  ...['rifiut', 'resping'],
  ...['rejeit', 'recus', 'reprov', 'negar'],
  ...['afkeur', 'afwijz', 'weiger'],
  ...['avsla', 'neka', 'avvis'],
];
