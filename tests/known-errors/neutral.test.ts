import { describe, expect, it } from 'vitest';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { createClassifier } from '../../src/known-errors/classify.ts';

/** What says that something failed, or that it is as it is, and not why: a wrong explanation would be worse than none. */
const neutral = [
  'Order 100012 could not be saved',
  'An error occurred',
  'Could not create the document',
  'Unable to write data to the entity',
  'Import failed for an unknown reason',
  'Rule 12 of the customs office was not fulfilled',
  'The sync of orders has failed',
  'Something is not right with order 10012',
  'Request failed',
  'Operation failed',
  'PDF document upload failed',
  'Error while exporting',
  'The grid of depot 7 is off',
  'See the log for details',
  'Processing stopped at step 4',
  'Sync skipped for order 1001',
  'Exception of type Foo was thrown',
  'Error 12',
  'The import was finished with errors',
  'Please contact your administrator',
  'Order 100012 was not exported',
  'Failed to save the shipment',
  'Freight terms of order 5 are under review',
  'Export of customer 12 did not finish',
  'The order was put aside for a check by hand',
  'The document has been created, but printing failed',
  'Line 3: the colour of the label is not clear',
  'Two steps are left for order 12',
  'Unknown error',
  'UNKNOWN_ERROR',
  'An unknown exception was raised',
  'The transfer was interrupted',
  'Your request cannot be processed',
  'Er is een fout opgetreden',
  'De bestelling kon niet worden opgeslagen',
  'Het importeren is mislukt',
  'Onbekende fout',
  'Neem contact op met de beheerder',
  'De export van de order is niet gelukt',
  'Fout bij het verwerken van de bestelling',
  'De regels zijn niet bijgewerkt',
  'De synchronisatie is onderbroken',
  'Bestelling 12 is niet verstuurd naar het magazijn',
  'Er ging iets mis met order 12',
  'Het document werd aangemaakt, maar het afdrukken ging fout',
  'Es ist ein Fehler aufgetreten',
  'Der Auftrag konnte nicht gespeichert werden',
  'Der Import ist fehlgeschlagen',
  'Unbekannter Fehler',
  'Bitte wenden Sie sich an den Administrator',
  'Fehler beim Verarbeiten der Bestellung',
  'Die Übertragung wurde abgebrochen',
  'Die Vorlage konnte nicht gerendert werden',
  'Der Vorgang wurde mit Fehlern beendet',
  'Auftrag 12 wurde nicht exportiert',
  'Die Daten wurden nicht aktualisiert',
  'Une erreur est survenue',
  "La commande n'a pas pu être enregistrée",
  "L'import a échoué",
  'Erreur inconnue',
  'Veuillez contacter votre administrateur',
  'Erreur lors du traitement de la commande',
  'La synchronisation a été interrompue',
  "Le document a été créé, mais l'impression a échoué",
  'Une exception a été levée',
  "La commande 12 n'a pas été exportée",
];

describe('a text that does not say why', () => {
  it('is an unknown error, in every language', async () => {
    const { catalogue } = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
    const { match } = createClassifier(catalogue);
    const known = neutral
      .map((message) => ({ message, found: match({ message, code: '', flow: 'orders' }) }))
      .filter(({ found }) => found !== undefined);
    expect(known.map(({ message, found }) => [message, found?.entry.id, found?.by])).toEqual([]);
  });
});
