import { driverNames } from '../../src/databases/drivers.ts';
import { kinds } from '../../src/monitors/kinds.ts';

/** The lines that each fixture `<name>.bad.yml` gives, after the name of its file and a colon. */
export const messages: Readonly<Record<string, readonly string[]>> = {
  'bad-calendar': [
    '4:19: calendars.office.days: "mon-fry" is not a day or range of days; write days such as mon-fri, "mon,wed,fri" or daily',
  ],
  'bad-company-name': [
    '4:3: companies[" acme"]: is not a valid company name; write 1 to 100 characters on one line, with no space at either end',
  ],
  'bad-cron': [
    '9:11: monitors[0].cron: "61 2 * * *" is not a cron expression (Invalid value for minute: 61); write minute, hour, day, month and weekday, such as "0 2 * * *" for 02:00 every day',
    '15:25: monitors[1].cron.expression: "0 2 * *" is not a cron expression (fields: 4, needed: 5); write minute, hour, day, month and weekday, such as "0 2 * * *" for 02:00 every day',
    '15:46: monitors[1].cron.timezone: is not a time zone; write an IANA name such as Europe/Brussels, or UTC',
    '21:11: monitors[2].cron: "0 0 30 2 *" names a date that never occurs; correct its day or month',
    '27:11: monitors[3].cron.expression: is missing; add it: Five fields: minute, hour, day, month and weekday.',
    '27:13: monitors[3].cron.expresion: unknown key; did you mean "expression"?',
  ],
  'bad-defaults': [
    '3:13: defaults.evry: unknown key; did you mean "every"?',
    '3:32: defaults.timeout: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
  ],
  'bad-driver': [
    `2:19: databases.shop.driver: must be one of ${driverNames.join(', ')}; did you mean "postgres"?`,
  ],
  'bad-duration': [
    '5:22: databases.shop.connect_timeout: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '12:12: monitors[0].every: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '13:14: monitors[0].timeout: must be at least 100ms',
    '14:11: monitors[0].hold: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '15:29: monitors[0].alert_after.warning: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
  ],
  'bad-environment': [
    '1:14: environment: is not a valid name of an environment; write 1 to 64 characters on one line, without control characters',
    '5:34: notify[0].match.environment: is not a valid name of an environment; write 1 to 64 characters on one line, without control characters',
  ],
  'bad-kind': [
    '5:11: monitors[0].kind: no kind of monitor is called "record"; did you mean "records"?',
    '9:18: monitors[0].criticality: must be one of critical, normal',
  ],
  'environment-label': [
    '11:17: monitors[0].metrics[1].name: has the label environment, which the exporter itself sets on every series because the configuration has the key environment; rename the column with AS',
  ],
  'bad-language': [
    '4:21: companies.acme.language: must be one of en, nl, de, fr',
    '6:18: responders.it.emails[0]: is not an e-mail address',
    '7:13: responders.helpdesk.emails: is missing; add it: E-mail addresses.',
  ],
  'bad-names': [
    '2:3: databases["my shop"]: is not a valid name; start with a letter or "_" and continue with letters, digits, "_", "-" or "."',
    '4:11: monitors[0].name: is not a valid name; start with a letter or "_" and continue with letters, digits, "_", "-" or "."',
  ],
  'bad-pem': [
    '6:18: databases.shop.tls_ca_file: tests/fixtures/config/secrets/password is no PEM text; it must hold "-----BEGIN …"',
  ],
  'bad-record-url': [
    '9:17: monitors[0].record_url: does not contain {record}; write {record} where the key of the record belongs',
    '15:17: monitors[1].record_url: is not a web address; start it with https://',
  ],
  'bad-timezone': [
    '1:11: timezone: is not a time zone; write an IANA name such as Europe/Brussels, or UTC',
    '6:15: databases.shop.timezone: is not a time zone; write an IANA name such as Europe/Brussels, or UTC',
    '8:21: companies.acme.timezone: is not a time zone; write an IANA name such as Europe/Brussels, or UTC',
  ],
  'bad-tls': [
    '5:10: databases.shop.tls: must be one of disable, require, verify-ca, verify-full; did you mean "verify-full"?',
  ],
  'cert-without-key': ['3:5: databases.shop: a client certificate needs its key; add tls_key_file'],
  'contacts-bad': [
    '1:43: companies.acme.contacts.emails[0]: is not an e-mail address',
    '1:62: companies.acme.contacts.language: must be one of en, nl, de, fr',
    '1:90: companies.globex.contacts: is empty; set a value or remove the key',
    '2:15: responders.company: is a reserved word of notify; choose another name',
  ],
  'duplicate-monitor': ['9:11: monitors[1].name: monitors[0] is called "orders" too; give each its own name'],
  empty: ['1:1: is empty; add databases: and monitors:'],
  'empty-file': [
    '5:20: databases.shop.password_file: tests/fixtures/config/secrets/empty is empty; write the value into it',
  ],
  'empty-sections': [
    '1:12: databases: is empty; add at least one database',
    '2:11: monitors: is empty; add at least one monitor',
  ],
  'every-and-cron': ['10:5: monitors[0].cron: every is set too; keep one of the two'],
  'family-conflict': [
    '11:5: monitors[1]: its metric shop_baskets differs in help and labels from that of monitor "a"; rename it, or make them the same',
  ],
  'folder-for-file': [
    '5:20: databases.shop.password_file: cannot read tests/fixtures/config: it is a directory',
  ],
  'job-limits': [
    '4:84: monitors[0].max_runtime.warnin: unknown key; did you mean "warning"?',
    '5:82: monitors[1].max_runtime: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '6:107: monitors[2].max_runtime.critical: is less than warning, so that there would never be a warning; swap the two',
    '7:93: monitors[3].max_runtime.warning: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '8:82: monitors[4].max_runtime: is not a duration; write one such as 30m, or { warning: 30m, critical: 2h }',
  ],
  'key-without-cert': ['3:5: databases.shop: a client key needs its certificate; add tls_cert_file'],
  'kind-problem': [
    '10:29: monitors[0].alert_after.warning: 10m is shorter than sync_every (30m), so that it would alert between two syncs that are on time; increase it',
    '11:5: monitors[0].colour: unknown key; use one of alert_after, calendar, canary, companies, criticality, cron, database, every, flow, hold, ignore_companies, kind, max_bytes, max_rows, max_series, name, query, record_url, rejects, responder, sync_every, timeout',
  ],
  'late-order': [
    '9:42: monitors[0].late_after.critical: is less than warning, so that there would never be a warning; swap the two',
  ],
  maintenance: [
    '6:5: maintenance[0]: needs either from and to, or cron and for',
    '7:13: maintenance[1].cron: "0 2 * *" is not a cron expression (fields: 4, needed: 5); write minute, hour, day, month and weekday, such as "0 2 * * *" for 02:00 every day',
    '8:65: maintenance[2].companies[0]: no company is called "acmee"; did you mean "acme"?',
    '8:84: maintenance[2].monitors[0]: no monitor is called "order"; did you mean "orders"?',
    '9:5: maintenance[3].reason: is missing; add it: Reason, shown on the page.',
  ],
  'login-of-a-database': [
    '2:6: databases.a: says no user; add user, a login of SQL Server or DOMAIN\\user (NTLM), or say authentication: entra-default',
    '3:6: databases.b: its user lacks the part on one side of the backslash; write DOMAIN\\user',
    '4:6: databases.c: authentication entra-service-principal needs more; add password (its client secret), tenant',
    '5:6: databases.d: authentication entra-default needs encryption; say tls: verify-full',
    '6:6: databases.e: tenant belongs to authentication: entra-service-principal; add that, or remove tenant',
    '7:40: databases.f.authentication: has no meaning for driver postgres; remove it',
    '8:40: databases.g.tenant: has no meaning for driver mysql; remove it',
    '9:34: databases.h.host: is a named pipe, which is not offered; write tcp:host,1433',
    '10:41: databases.i.port: host says the port too; keep one of the two',
    '11:33: databases.j.url: asks for the Windows account of the process (Integrated Security), which is not offered; give User ID=DOMAIN\\user and Password, which log in by NTLM',
  ],
  'missing-file': [
    '5:20: databases.shop.password_file: cannot read tests/fixtures/config/secrets/none: the file does not exist',
  ],
  'missing-keys': [
    '4:5: monitors[0].database: is missing; add it: The database that `query` asks.',
    '4:5: monitors[0].flow: is missing; add it: The business process that the monitor watches: label `flow`.',
    '4:5: monitors[0].name: is missing; add it: Unique name of the monitor: label `monitor`, and used on the command line.',
    '4:5: monitors[0].query: is missing; add it: A query that returns one row per company: when it last synchronised, and how often today. No row, or NULL as last_sync, means that it never synchronised.',
  ],
  'missing-sections': [
    '1:1: databases: is missing; add it: The databases to read, by the name that monitors refer to.',
    '1:1: monitors: is missing; add it: The checks to run.',
  ],
  'monitor-no-mapping': ['4:5: monitors[0]: must be a mapping of keys; start it with "- name: …"'],
  'no-host': ['2:9: databases.shop: says no host; add host, or url'],
  'no-kind': [`4:5: monitors[0].kind: is missing; write one of ${kinds.map(({ kind }) => kind).join(', ')}`],
  'no-mapping': ['1:1: is not a configuration; add databases: and monitors:'],
  'not-utf8': ['1:1: cannot be read: it is not UTF-8; save it as UTF-8'],
  'notify-bad': [
    '4:26: notify[0].match.severity: must be one of critical, warning; did you mean "critical"?',
    '4:42: notify[0].match.known: must be true or false',
    '4:49: notify[0].match.colour: unknown key; use one of alert, company, environment, flow, known, monitor, responder, severity',
    '5:54: notify[1].digest: applies only to alerts that are not critical, but match selects only critical ones; remove it',
    '6:23: notify[2].digest: is longer than repeat, so that repeated mails would be late; lengthen repeat or shorten digest',
    '7:23: notify[3].repeat: must be at most 5d; Alertmanager does not remember sent notifications for longer',
    '7:35: notify[3].digest: must be at least 1m',
    '8:5: notify[4].to: is missing; add it',
    '8:15: notify[4].repeat: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '9:30: notify[5].match.flow: must not be empty',
  ],
  'notify-no-addresses': [
    '5:12: notify[0].to[0]: no contacts for company globex, initech; add companies.globex.contacts, or select other companies in match',
    '5:21: notify[0].to[1]: no addresses for responder it; add responders.it',
    '7:60: notify[2].to: no addresses for responder shop_admin; add responders.shop_admin',
  ],
  'notify-no-responder': ['3:11: notify[0].to: no responder has addresses; add responders'],
  'notify-no-smtp': ['2:1: notify: needs a mail server; add smtp'],
  'notify-undefined': [
    '5:25: notify[0].match.company: no company is called "acmee"; did you mean "acme"?',
    '5:47: notify[0].match.flow[1]: no monitor has the flow "order"; did you mean "orders"?',
    '5:64: notify[0].match.monitor: no monitor is called "web_order"; did you mean "web_orders"?',
    '5:81: notify[0].to: no recipient is called "compny"; did you mean "company"?',
    '6:32: notify[1].match.responder[1]: no responder is called "erp_parner"; did you mean "erp_partner"?',
    '6:65: notify[1].to[1]: no recipient is called "helpdesk"; use one of company, customer, erp_partner, it, responder, shop_admin, web_agency',
  ],
  'null-sections': [
    '1:11: databases: is empty; set a value or remove the key',
    '2:10: monitors: is empty; set a value or remove the key',
  ],
  'out-of-range': [
    '5:18: databases.shop.connections: must be at least 1',
    '6:11: databases.shop.port: must be at most 65535',
    '13:17: monitors[0].max_series: must be at least 1',
  ],
  'password-twice': ['6:5: databases.shop.password_file: password is given too; keep one of the two'],
  'reconcile-settings': [
    '10:18: monitors[0].key.type: must be one of integer, text, guid',
    '12:7: monitors[0].compare["total amount"]: is not a plain column name; rename it with AS in the query, using letters, digits and _',
    '13:22: monitors[0].compare.total.type: must be one of money, integer, status, instant, text; did you mean "money"?',
    '19:30: monitors[1].key.case: must be one of keep, lower',
    '22:37: monitors[1].compare.total.digits: must be at most 6',
    '31:13: monitors[2].margin: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
    '32:14: monitors[2].grace.missing: unknown key; use one of missing_left, missing_right',
    '33:23: monitors[2].full_audit_every: must be at least 1m',
    '34:19: monitors[2].max_duration: must be at least 1s',
    '35:17: monitors[2].duty_cycle: must be at most 1',
    '36:11: monitors[2].plan: must be one of auto, rows, buckets; did you mean "rows"?',
    '37:14: monitors[2].samples: must be at most 1000',
    '38:57: monitors[2].threshold.missing_right.critical: is less than warning, so that there would never be a warning; swap the two',
    '45:17: monitors[3].compare.currency: is a column with a fixed meaning; select it again under another name and compare that',
    '46:36: monitors[3].compare.state.left: says "paid", which the right side never means, so that the two could never agree; add it to right',
    '48:13: monitors[3].settle: is not shorter than window, so that nothing would ever be compared',
  ],
  'reconcile-sides': [
    '8:11: monitors[0].left: needs a query, or a table with columns: write exactly one of the two',
    '9:12: monitors[0].right: needs a query, or a table with columns: write exactly one of the two',
    '9:24: monitors[0].right.database: no database is called "epr"; use one of erp, shop',
    '13:63: monitors[1].left.where: belongs to table; remove it, or replace query with table',
    '17:16: monitors[1].right.columns: does not say which column is record; add record: …',
    '17:41: monitors[1].right.columns.colour: is not known: it may be record, at, changed_at, amount, currency or a name of compare',
    '18:5: monitors[2].right: is missing; add it: The other side, usually the ERP.',
    '21:5: monitors[2].database: unknown key; use one of allow_full_scan, calendar, canary, companies, compare, criticality, cron, duty_cycle, every, flow, full_audit_every, grace, hold, ignore_companies, key, kind, left, margin, max_bytes, max_duration, max_rows, max_series, name, plan, record_url, responder, right, samples, settle, threshold, timeout, unique_keys, window',
    '22:56: monitors[2].left.titel: unknown key; did you mean "title"?',
  ],
  'smtp-bad': [
    '1:20: smtp.smarthost: is not a host and port; write it as mail.example:587',
    '1:40: smtp.from: is not an e-mail address',
    '1:54: smtp.password: unknown key; use one of from, hello, password_file, require_tls, smarthost, username',
    '1:85: smtp.require_tls: must be true or false, not text',
    '1:107: smtp.password_file: must be an absolute path, because Alertmanager reads it; start it with /',
    '2:11: page_url: is not a web address; start it with https://',
    '3:14: grafana_url: contains a login, which every mail would show; remove it',
  ],
  'smtp-no-login': ['1:7: smtp: password_file is set without a login; add username'],
  'smtp-no-password': ['1:7: smtp: username is set without a password; add password_file'],
  'syntax-and-shape': [
    '1:1: timezon: unknown key; did you mean "timezone"?',
    '3:29: databases.shop.hots: unknown key; did you mean "host"?',
    '5:11: the quote that opens here is never closed; close it',
  ],
  'syntax-at': ['5:15: a value must not start with @; put quotes around it'],
  'syntax-colon': [
    '8:12: this value contains ": ", which makes it a mapping; put quotes around it, or write it as a block after |',
  ],
  'syntax-complex-key': ['3:3: a key must be plain text; put quotes around it'],
  'syntax-duplicate-key': ['9:5: monitors[0].flow: is defined twice; keep one of the two'],
  'syntax-endless-alias': [
    '2:19: contains too many or too deeply nested values, counting those that aliases (*) repeat; write them out',
  ],
  'syntax-indent': ['6:1: this line is indented differently from its neighbours; align them'],
  'syntax-no-colon': [
    '3:1: this line is not "key: value"; write a colon and a space after the key, or indent the continuation of a text',
  ],
  'syntax-open-brace': ['3:1: a } is missing before this; add it'],
  'syntax-open-bracket': ['10:5: a ] is missing before this; add it'],
  'syntax-star': [
    '5:15: databases.shop.password: no anchor &secret is defined; put quotes around a value that starts with *',
  ],
  'syntax-tab': ['4:1: this line is indented with a tab; YAML allows spaces only, so use spaces'],
  'syntax-tag': ['5:15: a value that starts with ! must be in quotes'],
  'syntax-text-after-quote': [
    `5:19: a quoted text ends before this; double a ' inside '…', and write a " inside "…" as \\"`,
  ],
  'syntax-two-documents': ['9:1: a second YAML document starts here (---); put everything into one'],
  'syntax-unclosed-quote': ['4:11: the quote that opens here is never closed; close it'],
  'syntax-variable-in-braces': ['2:35: put quotes around a value with ${…} inside { } or [ ]'],
  'undefined-calendar': [
    '5:23: defaults.calendar: no calendar is called "offices"; did you mean "office"?',
    '12:15: monitors[0].calendar: no calendar is called "night"; use office',
  ],
  'undefined-company': [
    '12:23: monitors[0].companies[1]: no company is called "globe"; did you mean "globex"?',
  ],
  'undefined-company-none': [
    '9:17: monitors[0].companies[0]: no company is called "acme"; there are none; add it under companies',
  ],
  'undefined-database': ['7:15: monitors[0].database: no database is called "shpo"; did you mean "shop"?'],
  'undefined-responder': [
    '9:16: monitors[0].responder: no responder is called "erp_parner"; did you mean "erp_partner"?',
  ],
  'unknown-key': [
    '1:1: timezon: unknown key; did you mean "timezone"?',
    '10:5: monitors[0].criticallity: unknown key; did you mean "criticality"?',
    '11:5: monitors[0].colour: unknown key; use one of alert_after, calendar, canary, companies, criticality, cron, database, every, flow, hold, ignore_companies, kind, max_bytes, max_rows, max_series, name, query, record_url, rejects, responder, sync_every, timeout',
  ],
  'unknown-key-in-database': ['4:5: databases.shop.hots: unknown key; did you mean "host"?'],
  'unset-variable': [
    '4:10: databases.shop.url: environment variable NOT_SET is not set; set it, or write $${ for a literal ${',
    '5:20: databases.shop.password_file: environment variable NOT_SET is not set; set it, or write $${ for a literal ${',
  ],
  'url-and-keys': [
    '5:5: databases.shop.host: url says the host too; keep one of the two',
    '6:5: databases.shop.password_file: url says the password too; keep one of the two',
  ],
  'url-bad-port': [
    '4:10: databases.shop.url: cannot be understood; write postgres://user:password@host:port/database, the port a number up to 65535',
  ],
  'sqlite-keys': [
    '4:5: databases.shop: driver sqlite reads a file; add file: /var/lib/shop/shop.db',
    '5:5: databases.shop.host: has no meaning for driver sqlite, which reads a file; remove it',
    '6:5: databases.shop.password: has no meaning for driver sqlite, which reads a file; remove it',
    '7:8: databases.crm: driver sqlite reads a file; add file: /var/lib/shop/shop.db',
    '8:33: databases.tools.url: names a host, where there is a file alone; write sqlite:///var/lib/shop.db',
    '9:8: databases.own: its file is state_file, where the exporter keeps its own state; name the file of a shop or an ERP',
    '10:61: databases.erp.file: has no meaning for driver postgres, which connects to a server; use host, or url',
  ],
  'sqlite-reconcile': [
    '8:23: monitors[0].left.database: driver sqlite cannot reconcile; use a database with driver postgres, mssql, mysql',
  ],
  'url-bare-at': [
    '4:10: databases.shop.url: holds a bare "@" in its user or password; write %40 for it, or give user and password as keys of their own',
  ],
  'url-bare-hash': [
    '4:10: databases.shop.url: holds a bare "@", "/", "?" or "#" in its user or password; write %40, %2F, %3F or %23 for it, or give user and password as keys of their own',
  ],
  'url-bare-percent': [
    '4:10: databases.shop.url: holds a bare "%"; write %25 for it, or give user and password as keys of their own',
  ],
  'url-bare-slash': [
    '4:10: databases.shop.url: holds a bare "@", "/", "?" or "#" in its user or password; write %40, %2F, %3F or %23 for it, or give user and password as keys of their own',
  ],
  'url-file-bad': [
    '4:15: databases.shop.url_file: is no URL; write postgres://user:password@host:port/database',
  ],
  'url-latin1': ['4:10: databases.shop.url: holds a %-escape that is no UTF-8; write é as %C3%A9'],
  'url-no-url': ['4:10: databases.shop.url: is no URL; write postgres://user:password@host:port/database'],
  'url-other-driver': [
    '4:10: databases.shop.url: is a URL of postgresql, but driver is mssql; make them agree',
  ],
  'url-prefer': [
    '4:10: databases.shop.url: asks for TLS "prefer", which is not offered; say disable, require, verify-ca or verify-full',
  ],
  'url-without-host': [
    '3:5: databases.shop: its url says no host; write the folder of a socket as ?host=/run/postgresql',
  ],
  'variable-type': ['5:11: databases.shop.port: must be a number, not text'],
  'wrong-types': [
    '1:11: timezone: must be text, not a number; put it in quotes',
    '3:56: databases.shop.database: must be text, not a number; put it in quotes',
    '3:75: databases.shop.connections: must be a number, not text',
    '4:12: companies: must be a mapping of keys, not a list',
    '11:16: monitors[0].companies: must be a list such as [a, b], not text',
    '12:15: monitors[0].max_rows: must be a whole number',
    '13:17: monitors[0].late_after: must be a mapping of keys, not text',
    '14:13: monitors[0].canary: must be text, not a list',
  ],
};
