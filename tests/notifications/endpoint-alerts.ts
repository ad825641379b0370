import { described } from '../alerts/support/cases.ts';

/** An alert of the rules for endpoints, with what its mails say in each language. */
export interface EndpointAlert {
  readonly alert: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const erp = { company: 'acme', flow: 'api', endpoint: 'ERP', responder: 'it' };

function of(alert: string, annotations: Readonly<Record<string, string>>): EndpointAlert {
  return { alert, severity: 'warning', labels: erp, annotations };
}

/** Every alert of `prometheus/blackbox.rules.yml`, in each form of its text. The annotations are those of its promtool tests. */
export const endpointAlerts: readonly EndpointAlert[] = [
  of('ErpEndpointDown', {
    details: 'status: 503',
    ...described(
      'acme: ERP (flow api) answers HTTP 503.',
      'acme: ERP (proces api) antwoordt HTTP 503.',
      'acme: ERP (Prozess api) antwortet mit HTTP 503.',
      'acme\u00a0: ERP (processus api) répond HTTP 503.',
    ),
  }),
  of('ErpEndpointDown', {
    details: '',
    ...described(
      'acme: ERP (flow api) gives no answer.',
      'acme: ERP (proces api) geeft geen antwoord.',
      'acme: ERP (Prozess api) gibt keine Antwort.',
      'acme\u00a0: ERP (processus api) ne répond pas.',
    ),
  }),
  of(
    'ErpEndpointWrongAnswer',
    described(
      'acme: ERP (flow api) answers without an HTTP error, but not with what its probe expects.',
      'acme: ERP (proces api) antwoordt zonder HTTP-fout, maar met iets anders dan de test verwacht.',
      'acme: ERP (Prozess api) antwortet ohne HTTP-Fehler, aber mit etwas anderem, als die Probe erwartet.',
      'acme\u00a0: ERP (processus api) répond sans erreur HTTP, mais avec autre chose que ce que la sonde attend.',
    ),
  ),
  of('ErpEndpointSlow', {
    details: 'takes: 4.5 s\nusual: 0.8 s',
    ...described(
      'acme: ERP (flow api) takes 4.5 s; during the previous week it took at most 0.8 s in 19 of 20 hours.',
      'acme: ERP (proces api) doet er 4,5 s over; in de week ervoor was dat hoogstens 0,8 s, op één uur van de twintig na.',
      'acme: ERP (Prozess api) braucht 4,5 s; in der Woche davor waren es höchstens 0,8 s, außer in einer von zwanzig Stunden.',
      'acme\u00a0: ERP (processus api) met 4,5 s\u00a0; la semaine précédente, c’était 0,8 s au plus, sauf une heure sur vingt.',
    ),
  }),
  of('ErpEndpointSlow', {
    details: 'takes: 12.0 s',
    ...described(
      'acme: ERP (flow api) takes 12.0 s.',
      'acme: ERP (proces api) doet er 12,0 s over.',
      'acme: ERP (Prozess api) braucht 12,0 s.',
      'acme\u00a0: ERP (processus api) met 12,0 s.',
    ),
  }),
  of('ErpEndpointCertificateExpires', {
    duration: '6d 23h 0m 0s',
    ...described(
      'acme: the certificate of ERP (flow api) expires in 6d 23h 0m 0s.',
      'acme: het certificaat van ERP (proces api) verloopt over 6d 23h 0m 0s.',
      'acme: das Zertifikat von ERP (Prozess api) läuft in 6d 23h 0m 0s ab.',
      'acme\u00a0: le certificat de ERP (processus api) expire dans 6d 23h 0m 0s.',
    ),
  }),
  of('ErpEndpointCertificateExpires', {
    duration: '',
    ...described(
      'acme: the certificate of ERP (flow api) has expired.',
      'acme: het certificaat van ERP (proces api) is verlopen.',
      'acme: das Zertifikat von ERP (Prozess api) ist abgelaufen.',
      'acme\u00a0: le certificat de ERP (processus api) a expiré.',
    ),
  }),
  of(
    'ErpEndpointNotProbed',
    described(
      'acme: the blackbox exporter does not probe ERP (flow api); its reported state is out of date.',
      'acme: de blackbox exporter controleert ERP (proces api) niet; wat erover gemeld wordt, dateert van ervoor.',
      'acme: der Blackbox Exporter prüft ERP (Prozess api) nicht; was dazu gemeldet wird, ist von vorher.',
      'acme\u00a0: le blackbox exporter ne sonde pas ERP (processus api)\u00a0; ce qui en est dit date d’avant.',
    ),
  ),
];
