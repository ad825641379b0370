import type { Texts } from '../known-errors/catalogue.ts';

/** What the page of a monitor says of its runs. */
export const monitorPageTexts = {
  'refresh.button': {
    en: 'Read again now',
    nl: 'Nu opnieuw lezen',
    de: 'Jetzt neu lesen',
    fr: 'Relire maintenant',
  },
  'refresh.running': {
    en: 'It is being read …',
    nl: 'Er wordt gelezen …',
    de: 'Es wird gelesen …',
    fr: 'Lecture en cours…',
  },
  'refresh.last': {
    en: 'Last read {at}, in {seconds, number, ::.0##} s.',
    nl: 'Laatst gelezen {at}, in {seconds, number, ::.0##} s.',
    de: 'Zuletzt gelesen {at}, in {seconds, number, ::.0##} s.',
    fr: 'Dernière lecture {at}, en {seconds, number, ::.0##} s.',
  },
  'refresh.last_failed': {
    en: 'The last attempt, {at}, failed after {seconds, number, ::.0##} s.',
    nl: 'De laatste poging, {at}, mislukte na {seconds, number, ::.0##} s.',
    de: 'Der letzte Versuch, {at}, ist nach {seconds, number, ::.0##} s gescheitert.',
    fr: 'La dernière tentative, {at}, a échoué après {seconds, number, ::.0##} s.',
  },
  'refresh.limited_monitor': {
    en: 'This monitor was read a moment ago: ask again in {seconds} s.',
    nl: 'Deze monitor is zojuist gelezen: vraag het opnieuw over {seconds} s.',
    de: 'Dieser Monitor wurde gerade eben gelesen: Bitte in {seconds} s noch einmal versuchen.',
    fr: "Ce moniteur vient d'être lu : redemandez dans {seconds} s.",
  },
  'refresh.limited_all': {
    en: 'Too many monitors were read by hand within a minute: ask again in {seconds} s.',
    nl: 'Er zijn binnen een minuut te veel monitoren met de hand gelezen: vraag het opnieuw over {seconds} s.',
    de: 'Innerhalb einer Minute wurden zu viele Monitore von Hand gelesen: Bitte in {seconds} s noch einmal versuchen.',
    fr: 'Trop de moniteurs ont été lus à la main en une minute : redemandez dans {seconds} s.',
  },
  'refresh.stopping': {
    en: 'Not read again: erp-exporter is shutting down.',
    nl: 'Niet opnieuw gelezen: erp-exporter sluit af.',
    de: 'Nicht neu gelesen: erp-exporter wird beendet.',
    fr: "Pas de nouvelle lecture : erp-exporter s'arrête.",
  },
  'refresh.replaced': {
    en: 'Not read to the end: the configuration was loaded again meanwhile.',
    nl: 'Niet tot het einde gelezen: de configuratie is intussen opnieuw geladen.',
    de: 'Nicht zu Ende gelesen: Die Konfiguration wurde inzwischen neu geladen.',
    fr: 'Lecture interrompue : la configuration a été rechargée entre-temps.',
  },
  'refresh.unknown': {
    en: 'There is no such monitor, or no longer, since the configuration was loaded again.',
    nl: 'Die monitor bestaat niet, of niet meer sinds de configuratie opnieuw is geladen.',
    de: 'Diesen Monitor gibt es nicht, oder nicht mehr, seit die Konfiguration neu geladen wurde.',
    fr: "Ce moniteur n'existe pas, ou plus depuis que la configuration a été rechargée.",
  },
  'history.label': {
    en: 'Last 24 hours',
    nl: 'Laatste 24 uur',
    de: 'Letzte 24 Stunden',
    fr: 'Dernières 24 heures',
  },
  'history.worst': {
    en: 'Worst within 24 hours: {state}.',
    nl: 'Slechtste binnen 24 uur: {state}.',
    de: 'Schlimmster Stand in 24 Stunden: {state}.',
    fr: 'Pire état en 24 heures : {state}.',
  },
  'history.counts': {
    en: 'Not OK: at most {most, number}, at {at}; last {last, number}.',
    nl: 'Niet OK: hoogstens {most, number}, om {at}; laatst {last, number}.',
    de: 'Nicht OK: höchstens {most, number}, um {at}; zuletzt {last, number}.',
    fr: 'Non OK : au plus {most, number}, à {at} ; en dernier {last, number}.',
  },
  'chart.time': { en: 'Time', nl: 'Tijd', de: 'Zeit', fr: 'Heure' },
  'chart.failed': { en: 'Failed', nl: 'Mislukt', de: 'Gescheitert', fr: 'En échec' },
  'chart.waiting': { en: 'Waiting', nl: 'Wachtend', de: 'Wartend', fr: 'En attente' },
  'chart.late': { en: 'Late', nl: 'Te laat', de: 'Verspätet', fr: 'En retard' },
  'chart.missing': {
    en: 'Missing or different',
    nl: 'Ontbrekend of verschillend',
    de: 'Fehlend oder abweichend',
    fr: 'Manquant ou différent',
  },
  'chart.duration': { en: 'Duration (s)', nl: 'Duur (s)', de: 'Dauer (s)', fr: 'Durée (s)' },
} as const satisfies Record<string, Texts>;
