// What is answered to a text message or a press of a button, in the languages that answers are read in: a sentence each, without signs that
// the 7-bit alphabet of text messages lacks. What was done is told with the title of the thing, so that the reader sees which it was.

export interface AnswerWords {
  readonly done: (title: string) => string;
  readonly acknowledged: (title: string) => string;
  readonly later: (title: string, time: string) => string;
  readonly promised: (title: string, time: string) => string;
  readonly noted: (title: string) => string;
  /** Somebody else confirms that it is done. */
  readonly claimed: (title: string) => string;
  readonly passedOn: (title: string) => string;
  readonly undone: (title: string) => string;
  readonly undo: (code: string) => string;
  readonly refused: (title: string) => string;
  /** Before a list of codes and titles. */
  readonly which: string;
  readonly unknownCode: (code: string) => string;
  readonly stopped: (name: string | null) => string;
  readonly started: (name: string | null) => string;
  readonly help: (contact: string) => string;
  readonly notYours: string;
  readonly notOffered: string;
}

const from = (name: string | null): string => (name === null ? '' : `${name}: `);

export const ANSWER_WORDS: Readonly<Record<string, AnswerWords>> = {
  en: {
    done: (title) => `Done: ${title}.`,
    acknowledged: (title) => `You have this: ${title}.`,
    later: (title, time) => `Quiet until ${time}: ${title}.`,
    promised: (title, time) => `We count on it by ${time}: ${title}.`,
    noted: (title) => `Noted: ${title}.`,
    claimed: (title) => `Noted, open until it is confirmed: ${title}.`,
    passedOn: (title) => `Somebody else is asked now: ${title}.`,
    undone: (title) => `Taken back: ${title}.`,
    undo: (code) => `Reply ${code} to undo.`,
    refused: (title) => `This is not possible here, please use the link: ${title}.`,
    which: 'Which one? Reply',
    unknownCode: (code) => `We know no code ${code}.`,
    stopped: (name) => `${from(name)}No more messages from this number. Reply START to get them again.`,
    started: (name) => `${from(name)}You get messages again. Reply STOP to end them.`,
    help: (contact) => `${contact}Reply STOP to end messages.`,
    notYours: 'This was asked of somebody else, so nothing has changed.',
    notOffered: 'This is no longer offered here, so nothing has changed.',
  },
  fr: {
    done: (title) => `Fait : ${title}.`,
    acknowledged: (title) => `Vous vous en occupez : ${title}.`,
    later: (title, time) => `Silence jusqu'au ${time} : ${title}.`,
    promised: (title, time) => `Nous comptons dessus pour le ${time} : ${title}.`,
    noted: (title) => `Noté : ${title}.`,
    claimed: (title) => `Noté, ouvert jusqu'à confirmation : ${title}.`,
    passedOn: (title) => `Quelqu'un d'autre est sollicité : ${title}.`,
    undone: (title) => `Annulé : ${title}.`,
    undo: (code) => `Répondez ${code} pour annuler.`,
    refused: (title) => `Ce n'est pas possible ici, utilisez le lien : ${title}.`,
    which: 'Lequel ? Répondez',
    unknownCode: (code) => `Le code ${code} n'est pas connu.`,
    stopped: (name) => `${from(name)}Plus de messages de ce numéro. Répondez START pour en recevoir à nouveau.`,
    started: (name) => `${from(name)}Vous recevez à nouveau des messages. Répondez STOP pour finir.`,
    help: (contact) => `${contact}Répondez STOP pour finir.`,
    notYours: "Ceci a été demandé à quelqu'un d'autre ; rien n'a changé.",
    notOffered: "Ceci n'est plus proposé ici ; rien n'a changé.",
  },
  de: {
    done: (title) => `Erledigt: ${title}.`,
    acknowledged: (title) => `Das ist jetzt bei Ihnen: ${title}.`,
    later: (title, time) => `Ruhe bis ${time}: ${title}.`,
    promised: (title, time) => `Wir rechnen damit bis ${time}: ${title}.`,
    noted: (title) => `Notiert: ${title}.`,
    claimed: (title) => `Notiert, offen bis zur Bestätigung: ${title}.`,
    passedOn: (title) => `Jetzt wird jemand anders gefragt: ${title}.`,
    undone: (title) => `Zurückgenommen: ${title}.`,
    undo: (code) => `Rückgängig: ${code} antworten.`,
    refused: (title) => `Das geht hier nicht, bitte den Link nehmen: ${title}.`,
    which: 'Welches? Antworten Sie',
    unknownCode: (code) => `Den Code ${code} kennen wir nicht.`,
    stopped: (name) => `${from(name)}Keine Nachrichten mehr von dieser Nummer. START bringt sie zurück.`,
    started: (name) => `${from(name)}Sie erhalten wieder Nachrichten. STOP beendet sie.`,
    help: (contact) => `${contact}STOP beendet die Nachrichten.`,
    notYours: 'Danach ist jemand anders gefragt; es hat sich nichts geändert.',
    notOffered: 'Das wird hier nicht mehr angeboten; es hat sich nichts geändert.',
  },
  es: {
    done: (title) => `Hecho: ${title}.`,
    acknowledged: (title) => `Queda a su cargo: ${title}.`,
    later: (title, time) => `Silencio hasta ${time}: ${title}.`,
    promised: (title, time) => `Contamos con ello para ${time}: ${title}.`,
    noted: (title) => `Anotado: ${title}.`,
    claimed: (title) => `Anotado, abierto hasta que se confirme: ${title}.`,
    passedOn: (title) => `Ahora se pregunta a otra persona: ${title}.`,
    undone: (title) => `Anulado: ${title}.`,
    undo: (code) => `Responda ${code} para deshacer.`,
    refused: (title) => `No es posible por SMS, use el enlace: ${title}.`,
    which: '¿Cual? Responda',
    unknownCode: (code) => `No conocemos el codigo ${code}.`,
    stopped: (name) => `${from(name)}No recibe nada de este numero. Responda START para volver.`,
    started: (name) => `${from(name)}Vuelve a recibir mensajes. Responda STOP para terminar.`,
    help: (contact) => `${contact}Responda STOP para terminar.`,
    notYours: 'Esto se ha pedido a otra persona; no ha cambiado nada.',
    notOffered: 'Esto ya no se ofrece; no ha cambiado nada.',
  },
  it: {
    done: (title) => `Fatto: ${title}.`,
    acknowledged: (title) => `Se ne occupa lei: ${title}.`,
    later: (title, time) => `Silenzio fino a ${time}: ${title}.`,
    promised: (title, time) => `Ci contiamo per ${time}: ${title}.`,
    noted: (title) => `Annotato: ${title}.`,
    claimed: (title) => `Annotato, aperto fino a conferma: ${title}.`,
    passedOn: (title) => `Ora si chiede a un'altra persona: ${title}.`,
    undone: (title) => `Annullato: ${title}.`,
    undo: (code) => `Rispondi ${code} per annullare.`,
    refused: (title) => `Qui non è possibile, usi il link: ${title}.`,
    which: 'Quale? Rispondi',
    unknownCode: (code) => `Il codice ${code} non è noto.`,
    stopped: (name) => `${from(name)}Nessun altro messaggio da questo numero. Rispondi START per riceverne ancora.`,
    started: (name) => `${from(name)}Riceve di nuovo i messaggi. Rispondi STOP per finire.`,
    help: (contact) => `${contact}Rispondi STOP per finire.`,
    notYours: "Questo è stato chiesto a un'altra persona; non è cambiato nulla.",
    notOffered: 'Qui non è più offerto; non è cambiato nulla.',
  },
  pt: {
    done: (title) => `Feito: ${title}.`,
    acknowledged: (title) => `Fica consigo: ${title}.`,
    later: (title, time) => `Silencio até ${time}: ${title}.`,
    promised: (title, time) => `Contamos com isso até ${time}: ${title}.`,
    noted: (title) => `Anotado: ${title}.`,
    claimed: (title) => `Anotado, aberto até ser confirmado: ${title}.`,
    passedOn: (title) => `Agora perguntamos a outra pessoa: ${title}.`,
    undone: (title) => `Anulado: ${title}.`,
    undo: (code) => `Responda ${code} para anular.`,
    refused: (title) => `Aqui isso falha, use o link: ${title}.`,
    which: 'Qual? Responda',
    unknownCode: (code) => `Desconhecemos o codigo ${code}.`,
    stopped: (name) => `${from(name)}Sem mais mensagens deste numero. Responda START para voltar.`,
    started: (name) => `${from(name)}Volta a receber mensagens. Responda STOP para terminar.`,
    help: (contact) => `${contact}Responda STOP para terminar.`,
    notYours: 'Foi pedido a outra pessoa; nada mudou.',
    notOffered: 'Aqui isso deixou de ser oferecido; nada mudou.',
  },
  nl: {
    done: (title) => `Klaar: ${title}.`,
    acknowledged: (title) => `U pakt dit op: ${title}.`,
    later: (title, time) => `Stil tot ${time}: ${title}.`,
    promised: (title, time) => `We rekenen erop voor ${time}: ${title}.`,
    noted: (title) => `Genoteerd: ${title}.`,
    claimed: (title) => `Genoteerd, open tot het bevestigd is: ${title}.`,
    passedOn: (title) => `Nu wordt iemand anders gevraagd: ${title}.`,
    undone: (title) => `Teruggenomen: ${title}.`,
    undo: (code) => `Antwoord ${code} om dit terug te nemen.`,
    refused: (title) => `Dat kan hier niet, gebruik de link: ${title}.`,
    which: 'Welke? Antwoord',
    unknownCode: (code) => `Code ${code} kennen we niet.`,
    stopped: (name) => `${from(name)}Geen berichten meer van dit nummer. Antwoord START om ze weer te krijgen.`,
    started: (name) => `${from(name)}U krijgt weer berichten. Antwoord STOP om te stoppen.`,
    help: (contact) => `${contact}Antwoord STOP om te stoppen.`,
    notYours: 'Dit is aan iemand anders gevraagd; er is niets veranderd.',
    notOffered: 'Dit wordt hier niet meer aangeboden; er is niets veranderd.',
  },
  sv: {
    done: (title) => `Klart: ${title}.`,
    acknowledged: (title) => `Du tar hand om det: ${title}.`,
    later: (title, time) => `Tyst till ${time}: ${title}.`,
    promised: (title, time) => `Vi räknar med det till ${time}: ${title}.`,
    noted: (title) => `Noterat: ${title}.`,
    claimed: (title) => `Noterat, öppet tills det bekräftas: ${title}.`,
    passedOn: (title) => `Nu frågas någon annan: ${title}.`,
    undone: (title) => `Ångrat: ${title}.`,
    undo: (code) => `Svara ${code} för att ångra.`,
    refused: (title) => `Det går inte här, använd länken: ${title}.`,
    which: 'Vilken? Svara',
    unknownCode: (code) => `Vi känner inte till koden ${code}.`,
    stopped: (name) => `${from(name)}Inga fler meddelanden från detta nummer. Svara START för att få dem igen.`,
    started: (name) => `${from(name)}Du får meddelanden igen. Svara STOP för att avsluta.`,
    help: (contact) => `${contact}Svara STOP för att avsluta.`,
    notYours: 'Det här har någon annan fått frågan om; inget har ändrats.',
    notOffered: 'Det här erbjuds inte längre; inget har ändrats.',
  },
};

export const answerWordsIn = (locale: string): AnswerWords =>
  ANSWER_WORDS[locale.slice(0, 2).toLowerCase()] ?? (ANSWER_WORDS.en as AnswerWords);
