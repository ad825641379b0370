import type { Texts } from '../known-errors/catalogue.ts';

/** Words of the mails that no page has. */
export const mailTexts = {
  'mail.resolved': { en: 'Resolved', nl: 'Opgelost', de: 'Behoben', fr: 'Résolu' },
  'mail.repaired': { en: 'Repaired', nl: 'Hersteld', de: 'Repariert', fr: 'Réparé' },
  'mail.amount': { en: 'At risk', nl: 'Op het spel', de: 'Gefährdeter Betrag', fr: 'Montant à risque' },
  'mail.count': {
    en: 'Records in total',
    nl: 'Records in totaal',
    de: 'Datensätze insgesamt',
    fr: 'Enregistrements au total',
  },
  'mail.meanwhile': {
    en: 'Resolved in the meantime',
    nl: 'Intussen opgelost',
    de: 'Inzwischen behoben',
    fr: 'Résolu entre-temps',
  },
  'mail.latest': { en: 'latest', nl: 'laatste', de: 'zuletzt', fr: 'dernier' },
  'mail.beyond': {
    en: 'More than listed here',
    nl: 'Meer dan hier vermeld',
    de: 'Mehr als hier aufgeführt',
    fr: 'Plus que ceux listés ici',
  },
  'mail.unknown': {
    en: 'Unknown error: it is not in the catalogue yet. Find the cause, then add it.',
    nl: 'Onbekende fout: ze staat nog niet in de catalogus. Zoek de oorzaak en voeg ze daarna toe.',
    de: 'Unbekannter Fehler: Er steht noch nicht im Katalog. Suchen Sie die Ursache und nehmen Sie ihn danach auf.',
    fr: 'Erreur inconnue : elle n’est pas encore dans le catalogue. Cherchez la cause, puis ajoutez-la.',
  },
  'mail.elsewhere': {
    en: 'The status page explains it: this error is newer than the texts of the mails.',
    nl: 'De statuspagina legt het uit: deze fout is nieuwer dan de teksten van de mails.',
    de: 'Die Statusseite erklärt es: Dieser Fehler ist neuer als die Texte der Mails.',
    fr: 'La page d’état l’explique : cette erreur est plus récente que les textes des mails.',
  },
  'mail.link': { en: 'Link', nl: 'Link', de: 'Link', fr: 'Lien' },
  'mail.missing': { en: 'missing', nl: 'ontbreekt', de: 'fehlt', fr: 'absent' },
  'mail.there': { en: 'present', nl: 'aanwezig', de: 'vorhanden', fr: 'présent' },
  'mail.runbook': {
    en: 'What this means',
    nl: 'Wat dit betekent',
    de: 'Was das bedeutet',
    fr: 'Ce que cela signifie',
  },
  'mail.page': { en: 'Status page', nl: 'Statuspagina', de: 'Statusseite', fr: 'Page d’état' },
  'mail.dashboard': { en: 'Dashboard', nl: 'Dashboard', de: 'Dashboard', fr: 'Tableau de bord' },
  'mail.footer': {
    en: 'erp-exporter watches the link between the website and the ERP.',
    nl: 'erp-exporter bewaakt de koppeling tussen de website en het ERP.',
    de: 'erp-exporter überwacht die Anbindung der Website an das ERP.',
    fr: 'erp-exporter surveille le lien entre le site web et l’ERP.',
  },
} as const satisfies Record<string, Texts>;
