import type { Texts } from '../known-errors/catalogue.ts';

/** The states of monitors and records in words. */
export const stateTexts = {
  'state.ok': { en: 'Normal', nl: 'Normaal', de: 'Normal', fr: 'Normal' },
  'state.warning': { en: 'Warning', nl: 'Waarschuwing', de: 'Warnung', fr: 'Avertissement' },
  'state.critical': { en: 'Critical', nl: 'Kritiek', de: 'Kritisch', fr: 'Critique' },
  'state.no_data': { en: 'Unknown', nl: 'Onbekend', de: 'Unbekannt', fr: 'Inconnu' },
  'state.maintenance': { en: 'Maintenance', nl: 'Onderhoud', de: 'Wartung', fr: 'Maintenance' },
  'state.closed': { en: 'Closed', nl: 'Gesloten', de: 'Geschlossen', fr: 'Fermé' },
  'state.alert_after': {
    en: 'Alert > {minutes, number} min',
    nl: 'Alarm > {minutes, number} min',
    de: 'Alarm > {minutes, number} min',
    fr: 'Alerte > {minutes, number} min',
  },
  'state.closed_until': {
    en: 'Closed until {at}',
    nl: 'Gesloten tot {at}',
    de: 'Geschlossen bis {at}',
    fr: "Fermé jusqu'à {at}",
  },
  'state.maintenance_until': {
    en: 'Maintenance until {at}',
    nl: 'Onderhoud tot {at}',
    de: 'Wartung bis {at}',
    fr: "Maintenance jusqu'à {at}",
  },
  'state.last_read': {
    en: 'Unknown, last read {at}',
    nl: 'Onbekend, laatst gelezen {at}',
    de: 'Unbekannt, zuletzt gelesen {at}',
    fr: 'Inconnu, dernière lecture {at}',
  },
  'state.never_read': {
    en: 'Unknown, never read',
    nl: 'Onbekend, nog nooit gelezen',
    de: 'Unbekannt, noch nie gelesen',
    fr: 'Inconnu, jamais lu',
  },
  'record.failed': { en: 'Failed', nl: 'Mislukt', de: 'Fehlgeschlagen', fr: 'En échec' },
  'record.retry': {
    en: 'Retry expected',
    nl: 'Nieuwe poging verwacht',
    de: 'Neuer Versuch erwartet',
    fr: 'Nouvel essai attendu',
  },
  'record.late': { en: 'Late', nl: 'Te laat', de: 'Verspätet', fr: 'En retard' },
  'record.waiting': { en: 'Waiting', nl: 'Wachtend', de: 'Wartend', fr: 'En attente' },
  'record.missing_left': {
    en: 'Missing in {left}',
    nl: 'Ontbreekt in {left}',
    de: 'Fehlt in {left}',
    fr: 'Absent de {left}',
  },
  'record.missing_right': {
    en: 'Missing in {right}',
    nl: 'Ontbreekt in {right}',
    de: 'Fehlt in {right}',
    fr: 'Absent de {right}',
  },
  'record.different': { en: 'Different', nl: 'Verschilt', de: 'Weicht ab', fr: 'Différent' },
  'record.duplicate': { en: 'Duplicate', nl: 'Dubbel', de: 'Doppelt', fr: 'En double' },
  'responder.customer': { en: 'customer', nl: 'klant', de: 'Kunde', fr: 'client' },
  'responder.shop_admin': {
    en: 'shop administrator',
    nl: 'shopbeheerder',
    de: 'Shop-Administration',
    fr: 'administrateur de la boutique',
  },
  'responder.erp_partner': { en: 'ERP partner', nl: 'ERP-partner', de: 'ERP-Partner', fr: 'partenaire ERP' },
  'responder.web_agency': { en: 'web agency', nl: 'webbureau', de: 'Webagentur', fr: 'agence web' },
  'responder.it': { en: 'IT', nl: 'IT', de: 'IT', fr: 'service informatique' },
} as const satisfies Record<string, Texts>;
