// STOP, START and HELP in the words of several countries. A word counts where it is the whole text, however it is typed: "stop by my
// desk" stops nothing. Every word counts everywhere: people travel, and none of them means anything else by itself. Pure.
//
// Where the words are from: CTIA, Messaging Principles and Best Practices (2023), 5.1.3 and 47 CFR 64.1200(a)(10) (stop, end, cancel,
// unsubscribe, quit, revoke, opt out), Twilio's standard words (stopall, optout, unstop), the Canadian Common Short Code guidelines of
// the CWTA (arret, aide, info), AGCOM and the charters of af2m and Bitkom (stop), ANATEL and CRC (sair, parar, baja, alto, salir); others
// are the plain word of a language that is in the tables of reply/.
import { wordsIn } from '../reply/plain-words.ts';

export type Keyword = 'stop' | 'start' | 'help';

interface Words extends Readonly<Record<Keyword, readonly string[]>> {
  /** BCP 47, without a region. */
  readonly language: string;
}

const TABLE: readonly Words[] = [
  {
    language: 'en',
    stop: ['stop', 'stopall', 'stop all', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout', 'opt out'],
    start: ['start', 'unstop', 'subscribe', 'optin', 'opt in'],
    help: ['help', 'info'],
  },
  { language: 'fr', stop: ['arret', 'arreter', 'desabonner', 'desinscrire'], start: ['reprendre'], help: ['aide'] },
  { language: 'de', stop: ['stopp', 'abmelden', 'abbestellen'], start: ['anmelden'], help: ['hilfe'] },
  { language: 'es', stop: ['alto', 'baja', 'parar', 'salir'], start: ['alta'], help: ['ayuda'] },
  { language: 'it', stop: ['cancella', 'disiscrivi'], start: ['riprendi'], help: ['aiuto'] },
  { language: 'pt', stop: ['parar', 'sair', 'remover'], start: ['voltar'], help: ['ajuda'] },
  { language: 'nl', stop: ['afmelden', 'stoppen'], start: ['aanmelden'], help: ['hulp'] },
  { language: 'sv', stop: ['stopp', 'avsluta', 'avregistrera'], start: ['starta'], help: ['hjalp'] },
];

export interface KeywordFound {
  readonly keyword: Keyword;
  /** Of the word: whoever writes it reads it. Null where several have it. */
  readonly language: string | null;
}

const KEYWORDS: readonly Keyword[] = ['stop', 'start', 'help'];

/** Null where the whole text is none of these words. */
export function keywordIn(text: string): KeywordFound | null {
  const said = wordsIn(text)
    .filter((word) => word !== '?')
    .join(' ');
  for (const keyword of KEYWORDS) {
    const languages = TABLE.filter((words) => words[keyword].includes(said)).map(({ language }) => language);
    const [first] = languages;
    if (first !== undefined) return { keyword, language: languages.length === 1 ? first : null };
  }
  return null;
}
