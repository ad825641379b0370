import type { Language, Texts } from '../../known-errors/catalogue.ts';

/** What `explain` says around the texts of the catalogue. A `%` stands for what is put in. */
const words = {
  action: { en: 'What to do', nl: 'Wat te doen', de: 'Was zu tun ist', fr: 'Que faire' },
  responder: { en: 'First responder', nl: 'Reageert eerst', de: 'Handelt zuerst', fr: 'Agit en premier' },
  retry: { en: 'Retry', nl: 'Nieuwe poging', de: 'Neuer Versuch', fr: 'Nouvel essai' },
  retryHelps: {
    en: 'mostly helps; alerts wait % for it',
    nl: 'helpt meestal; meldingen wachten er % op',
    de: 'hilft meist; Meldungen warten % darauf',
    fr: 'aide le plus souvent ; les alertes l’attendent %',
  },
  retryDoesNot: { en: 'does not help', nl: 'helpt niet', de: 'hilft nicht', fr: 'n’aide pas' },
  matchedBy: { en: 'Matched by', nl: 'Herkend aan', de: 'Erkannt an', fr: 'Reconnue par' },
  code: { en: 'code %', nl: 'code %', de: 'Code %', fr: 'le code %' },
  pattern: { en: 'pattern %', nl: 'patroon %', de: 'Muster %', fr: 'le motif %' },
  own: {
    en: 'an entry of your own',
    nl: 'een eigen vermelding',
    de: 'ein eigener Eintrag',
    fr: 'une entrée à vous',
  },
  shipped: {
    en: 'a shipped entry',
    nl: 'een meegeleverde vermelding',
    de: 'ein mitgelieferter Eintrag',
    fr: 'une entrée fournie',
  },
  unknown: {
    en: '%: no entry matches',
    nl: '%: geen vermelding past',
    de: '%: kein Eintrag passt',
    fr: '% : aucune entrée ne correspond',
  },
  nameFlow: {
    en: 'The fingerprint depends on the flow; name it with --flow to get the one in your metrics.',
    nl: 'De vingerafdruk hangt af van het proces; noem het met --flow om die van uw metrieken te krijgen.',
    de: 'Der Fingerabdruck hängt vom Prozess ab; nennen Sie ihn mit --flow, um den Ihrer Metriken zu erhalten.',
    fr: 'L’empreinte dépend du processus ; nommez-le avec --flow pour obtenir celle de vos métriques.',
  },
  makeKnown: {
    en: 'To make it known, complete this in the file that known_errors_file names, below "errors:":',
    nl: 'Vul dit aan in het bestand dat known_errors_file noemt, onder "errors:", om de fout bekend te maken:',
    de: 'Ergänzen Sie dies in der Datei, die known_errors_file nennt, unter "errors:", damit er bekannt wird:',
    fr: 'Pour la faire connaître, complétez ceci dans le fichier que nomme known_errors_file, sous "errors:" :',
  },
  notTried: {
    en: 'not tried, as they are limited to a flow (name it with --flow): %',
    nl: 'niet geprobeerd, want beperkt tot een proces (noem het met --flow): %',
    de: 'nicht versucht, da auf einen Prozess beschränkt (nennen Sie ihn mit --flow): %',
    fr: 'non essayées, car limitées à un processus (nommez-le avec --flow) : %',
  },
} as const satisfies Readonly<Record<string, Texts>>;

export type ExplainWord = keyof typeof words;

/** A text of `explain` in a language, with `given` put in where it has a place for it. */
export function explainWord(word: ExplainWord, language: Language, given = ''): string {
  return words[word][language].replace('%', () => given);
}

/** Lines of labels and values, the values below one another. */
export function labelled(
  language: Language,
  rows: readonly (readonly [label: ExplainWord, value: string])[],
): readonly string[] {
  const labels = rows.map(([label]) => `${explainWord(label, language)}${language === 'fr' ? ' :' : ':'}`);
  const width = Math.max(...labels.map((label) => label.length));
  return rows.map(([, value], index) => `${(labels[index] ?? '').padEnd(width)} ${value}`);
}
