import type { Texts } from '../known-errors/catalogue.ts';

/** What pages and tickets say of remedies. In the form of ICU messages. */
export const remedyTexts = {
  'remedy.title': { en: 'Remedies', nl: 'Herstelacties', de: 'Abhilfen', fr: 'Remèdes' },
  'remedy.none': {
    en: 'No remedies are configured: nothing is mended automatically.',
    nl: 'Er zijn geen herstelacties ingesteld: niets wordt automatisch hersteld.',
    de: 'Es sind keine Abhilfen eingerichtet: Nichts wird selbsttätig behoben.',
    fr: 'Aucun remède n’est configuré : rien n’est réparé automatiquement.',
  },
  'remedy.problem': {
    en: 'Nothing is tried at present: {problem}',
    nl: 'Er wordt nu niets geprobeerd: {problem}',
    de: 'Zurzeit wird nichts versucht: {problem}',
    fr: 'Rien n’est tenté pour le moment : {problem}',
  },
  'remedy.name': { en: 'Remedy', nl: 'Herstelactie', de: 'Abhilfe', fr: 'Remède' },
  'remedy.state': { en: 'State', nl: 'Toestand', de: 'Zustand', fr: 'État' },
  'remedy.state.active': { en: 'active', nl: 'actief', de: 'aktiv', fr: 'actif' },
  'remedy.state.dry_run': {
    en: 'dry run: only shows what it would do',
    nl: 'proef: toont alleen wat ze zou doen',
    de: 'Probelauf: zeigt nur, was sie täte',
    fr: 'essai à blanc : montre seulement ce qu’il ferait',
  },
  'remedy.state.paused': {
    en: 'stopped by {by}, {at}',
    nl: 'gestopt door {by}, {at}',
    de: 'angehalten von {by}, {at}',
    fr: 'arrêté par {by}, {at}',
  },
  'remedy.state.stopped': {
    en: 'stopped by itself: too few attempts worked; one record is tried again at {at}',
    nl: 'vanzelf gestopt: te weinig pogingen hielpen; om {at} wordt één record opnieuw geprobeerd',
    de: 'von selbst angehalten: Zu wenige Versuche halfen; um {at} wird ein Datensatz erneut versucht',
    fr: 'arrêté de lui-même : trop peu d’essais ont réussi ; une fiche sera retentée à {at}',
  },
  'remedy.spent': {
    en: 'Last hour',
    nl: 'Laatste uur',
    de: 'Letzte Stunde',
    fr: 'Dernière heure',
  },
  'remedy.spent_of': {
    en: '{spent, number} of {most, number} attempts',
    nl: '{spent, number} van {most, number} pogingen',
    de: '{spent, number} von {most, number} Versuchen',
    fr: '{spent, number} essais sur {most, number}',
  },
  'remedy.worked': {
    en: '{worked, number} of {of, number} worked',
    nl: '{worked, number} van {of, number} hielpen',
    de: '{worked, number} von {of, number} halfen',
    fr: '{worked, number} sur {of, number} ont réussi',
  },
  'remedy.stop': { en: 'Stop', nl: 'Stoppen', de: 'Anhalten', fr: 'Arrêter' },
  'remedy.stop_all': { en: 'Stop all', nl: 'Alles stoppen', de: 'Alle anhalten', fr: 'Tout arrêter' },
  'remedy.go_on': { en: 'Go on', nl: 'Hervatten', de: 'Fortsetzen', fr: 'Reprendre' },
  'remedy.go_on_all': {
    en: 'Let all go on',
    nl: 'Alles hervatten',
    de: 'Alle fortsetzen',
    fr: 'Tout reprendre',
  },
  'remedy.attempts': {
    en: 'Last attempts',
    nl: 'Laatste pogingen',
    de: 'Letzte Versuche',
    fr: 'Derniers essais',
  },
  'remedy.no_attempts': {
    en: 'Nothing has been tried yet.',
    nl: 'Er is nog niets geprobeerd.',
    de: 'Es wurde noch nichts versucht.',
    fr: 'Rien n’a encore été tenté.',
  },
  'remedy.at': { en: 'When', nl: 'Wanneer', de: 'Wann', fr: 'Quand' },
  'remedy.record': { en: 'Record', nl: 'Record', de: 'Datensatz', fr: 'Fiche' },
  'remedy.answer': { en: 'Answer', nl: 'Antwoord', de: 'Antwort', fr: 'Réponse' },
  'remedy.order': {
    en: 'Ordered by configuration',
    nl: 'Volgens configuratie',
    de: 'Gemäß Konfiguration',
    fr: 'Selon la configuration',
  },
  'remedy.tried': {
    en: 'tried {tries, plural, one {once} other {# times}}, last at {at}, answer {answer}',
    nl: '{tries, plural, one {één keer} other {# keer}} geprobeerd, laatst om {at}, antwoord {answer}',
    de: '{tries, plural, one {einmal} other {#-mal}} versucht, zuletzt um {at}, Antwort {answer}',
    fr: 'tenté {tries, plural, one {une fois} other {# fois}}, en dernier à {at}, réponse {answer}',
  },
  'remedy.will': {
    en: 'Remedy {remedy}: {tries, number} of {attempts, number} tries made.',
    nl: 'Herstelactie {remedy}: {tries, number} van {attempts, number} pogingen gedaan.',
    de: 'Abhilfe {remedy}: {tries, number} von {attempts, number} Versuchen gemacht.',
    fr: 'Remède {remedy} : {tries, number} essais faits sur {attempts, number}.',
  },
} as const satisfies Readonly<Record<string, Texts>>;
