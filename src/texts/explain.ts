import type { Texts } from '../known-errors/catalogue.ts';

/** What `explain` says around the texts of the catalogue. */
export const explainTexts = {
  'explain.retry': { en: 'Retry', nl: 'Nieuwe poging', de: 'Neuer Versuch', fr: 'Nouvel essai' },
  'explain.retry_helps': {
    en: 'mostly helps; alerts wait {given} for it',
    nl: 'helpt meestal; meldingen wachten er {given} op',
    de: 'hilft meist; Meldungen warten {given} darauf',
    fr: 'aide le plus souvent ; les alertes l’attendent {given}',
  },
  'explain.retry_does_not': { en: 'does not help', nl: 'helpt niet', de: 'hilft nicht', fr: 'n’aide pas' },
  'explain.matched_by': { en: 'Matched by', nl: 'Herkend aan', de: 'Erkannt an', fr: 'Reconnue par' },
  'explain.by_code': { en: 'code {given}', nl: 'code {given}', de: 'Code {given}', fr: 'le code {given}' },
  'explain.by_pattern': {
    en: 'pattern {given}',
    nl: 'patroon {given}',
    de: 'Muster {given}',
    fr: 'le motif {given}',
  },
  'explain.own': {
    en: 'an entry of your own',
    nl: 'een eigen vermelding',
    de: 'ein eigener Eintrag',
    fr: 'une entrée à vous',
  },
  'explain.shipped': {
    en: 'a shipped entry',
    nl: 'een meegeleverde vermelding',
    de: 'ein mitgelieferter Eintrag',
    fr: 'une entrée fournie',
  },
  'explain.unknown': {
    en: '{given}: no entry matches',
    nl: '{given}: geen vermelding past',
    de: '{given}: kein Eintrag passt',
    fr: '{given} : aucune entrée ne correspond',
  },
  'explain.name_flow': {
    en: 'The fingerprint depends on the flow; name it with --flow to get the one in your metrics.',
    nl: 'De vingerafdruk hangt af van het proces; noem het met --flow om die van uw metrieken te krijgen.',
    de: 'Der Fingerabdruck hängt vom Prozess ab; nennen Sie ihn mit --flow, um den Ihrer Metriken zu erhalten.',
    fr: 'L’empreinte dépend du processus ; nommez-le avec --flow pour obtenir celle de vos métriques.',
  },
  'explain.make_known': {
    en: 'To make it known, complete this in the file that known_errors_file names, below "errors:":',
    nl: 'Vul dit aan in het bestand dat known_errors_file noemt, onder "errors:", om de fout bekend te maken:',
    de: 'Ergänzen Sie dies in der Datei, die known_errors_file nennt, unter "errors:", damit er bekannt wird:',
    fr: 'Pour la faire connaître, complétez ceci dans le fichier que nomme known_errors_file, sous "errors:" :',
  },
  'explain.not_tried': {
    en: 'not tried, as they are limited to a flow (name it with --flow): {given}',
    nl: 'niet geprobeerd, want beperkt tot een proces (noem het met --flow): {given}',
    de: 'nicht versucht, da auf einen Prozess beschränkt (nennen Sie ihn mit --flow): {given}',
    fr: 'non essayées, car limitées à un processus (nommez-le avec --flow) : {given}',
  },
} as const satisfies Record<string, Texts>;
