/** Texts about signing in and out. */
export const signInTexts = {
  'sign_in.title': { en: 'Sign in', nl: 'Aanmelden', de: 'Anmelden', fr: 'Se connecter' },
  'sign_in.out': { en: 'Sign out', nl: 'Afmelden', de: 'Abmelden', fr: 'Se déconnecter' },
  'sign_in.who': {
    en: 'Signed in as {name}',
    nl: 'Aangemeld als {name}',
    de: 'Angemeldet als {name}',
    fr: 'Connecté en tant que {name}',
  },
  'sign_in.again': {
    en: 'Sign in again',
    nl: 'Opnieuw aanmelden',
    de: 'Erneut anmelden',
    fr: 'Se reconnecter',
  },
  'sign_in.unreachable': {
    en: 'Nobody can sign in now: {issuer} does not answer. Monitoring and alerts go on. Try again in a minute.',
    nl: 'Niemand kan nu aanmelden: {issuer} antwoordt niet. De bewaking en de meldingen gaan door. Probeer het over een minuut opnieuw.',
    de: 'Derzeit kann sich niemand anmelden: {issuer} antwortet nicht. Überwachung und Meldungen laufen weiter. In einer Minute erneut versuchen.',
    fr: 'Personne ne peut se connecter : {issuer} ne répond pas. La surveillance et les alertes continuent. Réessayer dans une minute.',
  },
  'sign_in.refused': {
    en: '{issuer} did not let you in, or its answer was not valid. The log of erp-exporter says why.',
    nl: '{issuer} heeft je niet toegelaten, of het antwoord was niet geldig. Het log van erp-exporter zegt waarom.',
    de: '{issuer} hat die Anmeldung abgelehnt, oder die Antwort war nicht gültig. Das Log von erp-exporter nennt den Grund.',
    fr: "{issuer} a refusé la connexion, ou sa réponse n'était pas valable. Le journal d'erp-exporter en dit la raison.",
  },
  'sign_in.stale': {
    en: 'This sign-in took too long, was used before, or began in another browser.',
    nl: 'Deze aanmelding duurde te lang, is al gebruikt, of begon in een andere browser.',
    de: 'Diese Anmeldung hat zu lange gedauert, wurde schon verwendet oder begann in einem anderen Browser.',
    fr: 'Cette connexion a duré trop longtemps, a déjà servi, ou a commencé dans un autre navigateur.',
  },
  'sign_in.too_large': {
    en: '{issuer} says too much of you for a session: too many groups or companies. Ask who runs erp-exporter.',
    nl: '{issuer} zegt te veel over je voor een sessie: te veel groepen of bedrijven. Vraag het aan wie erp-exporter beheert.',
    de: '{issuer} nennt für eine Sitzung zu viel: zu viele Gruppen oder Firmen. Die Betreiber von erp-exporter fragen.',
    fr: '{issuer} en dit trop pour une session : trop de groupes ou de sociétés. Demander à qui exploite erp-exporter.',
  },
  'sign_in.no_address': {
    en: 'Nobody can sign in under this address: erp-exporter must be started with --web.external-url.',
    nl: 'Onder dit adres kan niemand aanmelden: erp-exporter moet met --web.external-url worden gestart.',
    de: 'Unter dieser Adresse kann sich niemand anmelden: erp-exporter muss mit --web.external-url gestartet werden.',
    fr: 'Personne ne peut se connecter à cette adresse : erp-exporter doit être lancé avec --web.external-url.',
  },
  'sign_in.no_https': {
    en: 'Nobody can sign in without HTTPS: set up TLS, and start erp-exporter with an address of https in --web.external-url.',
    nl: 'Zonder HTTPS kan niemand aanmelden: stel TLS in, en start erp-exporter met een https-adres in --web.external-url.',
    de: 'Ohne HTTPS kann sich niemand anmelden: TLS einrichten und erp-exporter mit einer https-Adresse in --web.external-url starten.',
    fr: 'Personne ne peut se connecter sans HTTPS : configurer TLS, et lancer erp-exporter avec une adresse https dans --web.external-url.',
  },
  'sign_in.is_out': {
    en: 'You are signed out of erp-exporter.',
    nl: 'Je bent afgemeld bij erp-exporter.',
    de: 'Die Sitzung bei erp-exporter ist beendet.',
    fr: 'Vous êtes déconnecté d’erp-exporter.',
  },
  'sign_in.end_there': {
    en: 'Sign out of {issuer} too',
    nl: 'Ook afmelden bij {issuer}',
    de: 'Auch bei {issuer} abmelden',
    fr: 'Se déconnecter aussi de {issuer}',
  },
  'sign_in.no_right': {
    en: 'You may not see this page: no entry of access: gives you the right {right}. Ask who runs erp-exporter.',
    nl: 'Je mag deze pagina niet zien: geen regel van access: geeft je het recht {right}. Vraag het aan wie erp-exporter beheert.',
    de: 'Diese Seite ist nicht freigegeben: kein Eintrag von access: gibt das Recht {right}. Die Betreiber von erp-exporter fragen.',
    fr: "Cette page ne vous est pas ouverte : aucune entrée d'access: ne vous donne le droit {right}. Demander à qui exploite erp-exporter.",
  },
} as const;
