import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KnownError } from '../../src/known-errors/catalogue.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { messages } from '../../src/texts/messages.ts';
import { launch } from '../helpers/chromium.ts';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal } from '../helpers/real.ts';
import { render } from './amtool.ts';
import type { RenderedMail } from './amtool.ts';
import { alert, details, hostile, languages, mailConfig, scenarios } from './scenarios.ts';
import type { Language } from './scenarios.ts';

const config = mailConfig();
const { smtp } = config.alerting;
if (smtp === undefined) throw new Error('no mail server');
const yaml = alertmanagerYaml(config, smtp);

const rendered = new Map<string, RenderedMail>();

function mail(scenario: string, language: Language): RenderedMail {
  const key = `${scenario} ${language}`;
  const found =
    rendered.get(key) ?? render(yaml, `responder/party_${language}/${language}`, scenarios[scenario] ?? []);
  rendered.set(key, found);
  return found;
}

/** Each name in two of the languages, each language for half of the names; at night each in each. */
const inLanguages = (names: readonly string[]) =>
  names.flatMap((name, place) =>
    languages
      .filter((_, index) => isNightly || (index + place) % 2 === 0)
      .map((language) => [name, language] as const),
  );

/** The names of alerts in a file of rules. */
function alertsOf(file: string): readonly string[] {
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: { alert?: string }[] }[] };
  const names = groups.flatMap(({ rules }) =>
    rules.flatMap(({ alert: name }) => (name === undefined ? [] : [name])),
  );
  return [...new Set(names)];
}

describe('the words', () => {
  const words = readFileSync('alertmanager/templates/words.tmpl', 'utf8');
  const terms = readFileSync('alertmanager/templates/terms.tmpl', 'utf8');
  const layout = readFileSync('alertmanager/templates/erp.tmpl', 'utf8');
  const alerts = ['alerts/erp.rules.yml', 'prometheus/blackbox.rules.yml'].flatMap(alertsOf);

  it.each(alerts)('tell of %s, in its place among the others', (name) => {
    expect(words).toContain(`eq $alert "${name}"`);
    expect(layout).toContain(`"${name}"`);
  });

  it('are there in all four languages', () => {
    const picks = [...(words + terms).matchAll(/"erp\.pick" \(stringSlice \S+((?: "[^"]*")*)\)/g)];
    expect(picks.length).toBeGreaterThan(80);
    for (const [pick, list = ''] of picks) expect([pick, list.match(/"[^"]+"/g)?.length]).toEqual([pick, 4]);
  });

  it('that stand alone are those of the pages, which write nothing that only pages could fill in', () => {
    expect(terms).toContain(`define "erp.word.action" }}{{ template "erp.pick" (stringSlice . "What to do"`);
    expect(messages['label.action'].en).toBe('What to do');
    for (const [, text = ''] of terms.matchAll(/"([^"]*)"/g)) expect(text).not.toMatch(/[{}<>']/);
  });
});

describeReal('mails', ['alertmanager'], () => {
  const whatToDo: Readonly<Record<Language, string>> = {
    en: 'What to do: ',
    nl: 'Wat te doen: ',
    de: 'Was zu tun ist: ',
    fr: 'Que faire: ',
  };

  it.each(
    inLanguages([
      'ErpRecordsLate',
      'ErpMailsNotGenerated',
      'ErpJobFailed',
      'ErpJobOverdue',
      'ErpJobLate',
      'ErpJobStuck',
    ]),
  )('of %s says what to do in %s', (name, language) => {
    const alerts = [alert(name)];
    const { text, html } = render(yaml, `responder/party_${language}/${language}`, alerts);
    const action = text.split('\n').find((line) => line.includes(whatToDo[language]));
    const sentence = action?.slice(action.indexOf(': ') + 2) ?? '';
    expect(sentence.length).toBeGreaterThan(60);
    expect(html).toContain(sentence.slice(0, 20));
  });

  it.each(inLanguages(Object.keys(scenarios)))('%s in %s looks as it did', async (name, language) => {
    const { subject, html, text } = mail(name, language);
    const file = `snapshots/${name}.${language}`;
    await expect(`Subject: ${subject}\n\n${text}`).toMatchFileSnapshot(`${file}.txt`);
    await expect(html).toMatchFileSnapshot(`${file}.html`);
  });

  it('say company, what and how many in the subject', () => {
    expect(mail('failed', 'en').subject).toBe('ACME NV: 2 failed records (orders)');
    expect(mail('one-failed', 'nl').subject).toBe('ACME NV: 1 mislukt record: 10045 (orders)');
    expect(mail('mass-failure', 'de').subject).toBe(
      'ACME NV: Massenfehler: 47 Datensätze, 3 verspätete Datensätze (orders)',
    );
    expect(mail('beyond', 'en').subject).toBe('ACME NV: 13 failed records (orders)');
    expect(mail('resolved', 'fr').subject).toBe('Réparé: ACME NV: 2 enregistrements en échec (orders)');
    expect(mail('database', 'nl').subject).toBe('erp-exporter: database antwoordt niet: erp');
  });

  it('have every field of a failure, in both parts', () => {
    const { html, text } = mail('failed', 'de');
    for (const field of [
      'EUR 12.240,50',
      '10045',
      'POST /api/v2.0/companies(42)/salesOrders',
      '400 Application_DialogException',
      '2026-11-21 10:42',
      'for Customer C-1042.',
      'Bedeutung',
      'Das ERP verlangt für seine Auswertungen eine Dimension',
      'https://shop.acme.example/admin/orders/10045',
      'Standarddimension',
      'ERP-Partner',
      'https://monitor.acme.example/erp/docs/runbook#erprecordfailed',
      'https://monitor.acme.example/erp/',
      'https://grafana.acme.example/d/erp-flow?var-company=acme',
    ]) {
      expect(text).toContain(field);
      expect(html).toContain(field);
    }
  });

  it.each([
    ['en', 'Remedy', 'tried 3 times, last at 2026-11-21 14:05, answer 409', 'tried once, last'],
    [
      'nl',
      'Herstelactie',
      '3 keer geprobeerd, laatst om 2026-11-21 14:05, antwoord 409',
      'één keer geprobeerd',
    ],
    ['de', 'Abhilfe', '3-mal versucht, zuletzt um 2026-11-21 14:05, Antwort 409', 'einmal versucht'],
    ['fr', 'Remède', 'tenté 3 fois, en dernier à 2026-11-21 14:05, réponse 409', 'tenté une fois'],
  ] as const)('say in %s what remedies have tried', (language, word, sentence, once) => {
    const tried = (tries: string) => {
      const given = details({ code: 'http:429', tries, tried: '2026-11-21 14:05', answer: '409' });
      const failed = alert('ErpRecordFailed', {
        labels: { record: '10045', error: 'rate-limit', known: 'true' },
        annotations: { details: given },
      });
      return render(yaml, `responder/party_${language}/${language}`, [failed]);
    };
    const { text, html } = tried('3');
    expect(text).toContain(`  ${word}: ${sentence}\n`);
    expect(html).toContain(`<span class="name">${word}</span> ${sentence}</td>`);
    expect(tried('1').text).toContain(once);
    expect(mail('failed', language).text).not.toContain(word);
  });

  it('say what an error means between its message and what to do', () => {
    for (const part of [mail('failed', 'nl').text, mail('failed', 'nl').html])
      expect(part).toMatch(
        /Melding[^]*Betekenis[^]*Voor zijn rapporten vraagt het ERP[^]*Wat te doen[^]*Laat in het ERP een standaarddimensie/,
      );
  });

  it('say where records are missing, for how much, since when, and what each side has of the oldest', () => {
    expect(mail('missing', 'de').subject).toBe('ACME NV: 4 fehlende Datensätze in ERP (orders)');
    const { html, text } = mail('missing', 'de');
    for (const field of [
      'EUR 2.318,40; CHF 99,00',
      '2026-11-21 08:12',
      'amount=1240.50 paid=paid',
      'https://shop.acme.example/admin/orders/10046',
      'W-2026-11-21-000047/B',
      'ACME NV: 4 Datensätze von website fehlen in ERP: 10045, 10046, W-2026-11-21-000047/B, … (Prüfung',
      'https://monitor.acme.example/erp/docs/runbook#erprecordsmissing',
      'https://grafana.acme.example/d/erp-reconciliation?var-company=acme',
    ]) {
      expect(text).toContain(field);
      expect(html).toContain(field);
    }
    expect(text.match(/ {4}ERP: fehlt\n/g)).toHaveLength(3);
    expect(text).toContain('  - Datensatz W-2026-11-21-000047/B\n    website: vorhanden\n');
  });

  it('give each kind of mismatch its own figures, where there are several', () => {
    const { subject, text } = mail('mismatched', 'en');
    expect(subject).toBe('ACME NV: 4 missing records, 1 differing record (orders)');
    expect(text).toMatch(
      /4 missing records in ERP\n {2}At risk: EUR 2,318\.40, CHF 99\.00\n {2}Since: 2026-11-21 08:12/,
    );
    expect(text).toMatch(/1 differing record\n {2}At risk: EUR 0\.01\n {2}Since: 2026-11-20 16:30/);
    expect(text).toMatch(/website: amount=77\.25\n {4}ERP: amount=77\.26\n/);
    expect(text).not.toContain('Records in total');
  });

  it('list no record of a mismatch that is resolved', () => {
    const { subject, text } = mail('missing-resolved', 'nl');
    expect(subject).toBe('Opgelost: ACME NV: 4 ontbrekende records in ERP (orders)');
    expect(text).not.toContain('ontbreekt');
  });

  it('name the oldest late records with what they are worth, since when, and how many there are besides', () => {
    const { html, text } = mail('late', 'fr');
    expect(text).toContain(
      '  - Enregistrement 10031\n    Lien: https://shop.acme.example/admin/orders/10031\n    Montant: EUR 1\u202f380,00\n    Depuis: 2026-11-21 09:02\n' +
        '  - Enregistrement W-2026-11-21-000047/B\n    Depuis: 2026-11-21 09:05\n  et 1 autre\n  Que faire: ',
    );
    expect(html).toContain('<a href="https://shop.acme.example/admin/orders/10031">10031</a>');
    expect(html).toContain('W-2026-11-21-000047/B');
    expect(html).toContain('et 1 autre');
    const many = {
      ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`record_${index + 1}`, `W${index}`])),
      more: '12',
    };
    const alerts = [alert('ErpRecordsLate', { annotations: { record_count: '22', details: details(many) } })];
    const long = render(yaml, 'responder/party_de/de', alerts).text;
    expect(long.match(/- Datensatz W\d/g)).toHaveLength(10);
    expect(long).toContain('\n  und 12 weitere\n');
    const over = alerts.map((each) => ({ ...each, status: 'resolved' as const }));
    expect(render(yaml, 'responder/party_de/de', over).text).not.toMatch(/Datensatz W\d|weitere/);
    const unlisted = [alert('ErpRecordsLate', { annotations: { details: details({ more: '12' }) } })];
    expect(render(yaml, 'responder/party_de/de', unlisted).text).not.toContain('weitere');
  });

  it('hold the error of a failed job, with what it means and what to do where it is known', () => {
    for (const part of [mail('job-failed', 'nl').text, mail('job-failed', 'nl').html])
      expect(part).toMatch(
        /Melding[^]*Posting Date 2026-10-31[^]*Betekenis[^]*valt in een periode[^]*Wat te doen[^]*Vraag de boekhouding/,
      );
    const { text } = mail('job-failed-unknown', 'en');
    expect(text).toContain('  Message: Object reference not set to an instance of an object.\n');
    expect(text).toContain('  What to do: Read the error of its last run, here or in the log');
    expect(text).not.toContain('Meaning');
  });

  it('lead to an address in the annotation runbook_url as it is', () => {
    const own = [alert('ErpWatchdog', { annotations: { runbook_url: 'https://wiki.example/x#y' } })];
    const { html, text } = render(yaml, 'responder/party_en/en', own);
    expect(text).toContain('  What this means: https://wiki.example/x#y\n');
    expect(html).toContain('<a href="https://wiki.example/x#y">What this means</a>');
  });

  it('link a record by its number', () => {
    expect(mail('failed', 'en').html).toContain(
      '<a href="https://shop.acme.example/admin/orders/10046">10046</a>',
    );
    expect(mail('resolved', 'fr').text).toContain('Lien: https://shop.acme.example/admin/orders/10045\n');
  });

  it('tell the details in the language of the reader, else in English and marked so', () => {
    const { html, text } = mail('mass-failure', 'de');
    for (const part of [html, text]) {
      expect(part).toContain('ACME NV: 47 Datensätze des Prozesses orders sind fehlgeschlagen');
      expect(part).not.toContain('have failed');
    }
    const other = [alert('ShopDown', { annotations: { description: 'The shop is closed.' } })];
    const fallback = render(yaml, 'responder/party_de/de', other);
    expect(fallback.html).toContain('<span lang="en">The shop is closed.</span>');
    expect(fallback.text).toContain('  The shop is closed.\n');
  });

  it('say which record is the latest, where there are earlier ones', () => {
    expect(mail('failed', 'en').text).toContain('* Record 10046 (latest)');
    expect(mail('failed', 'en').text).toContain('* Record 10045\n');
    expect(mail('one-failed', 'en').text).not.toContain('latest');
  });

  it('say what was resolved, and not what to do about it', () => {
    const { text } = mail('resolved', 'en');
    expect(text).toMatch(/^Repaired: ACME NV/);
    expect(text).toContain('* Record 10045');
    expect(text).not.toContain('What to do');
    expect(mail('resolved-meanwhile', 'en').text).toContain(
      'Resolved in the meantime:\n* Repaired: 1 failed record: 10045',
    );
  });

  it('give sums above the list only where they are those of all that the mail is about', () => {
    expect(mail('mass-failure', 'en').text).toMatch(/47 records\n {2}At risk: EUR 1,112,240\.50\n {2}Since/);
    for (const name of ['one-failed', 'failed', 'beyond']) {
      const { text, html } = mail(name, 'en');
      expect(text + html).not.toMatch(/At risk|Records in total/);
      expect(text).toContain('  Amount: EUR 12,240.50\n');
    }
    expect(mail('missing', 'en').text).toMatch(/^[^*]*At risk: EUR 2,318\.40[^*]*Records in total: 4\n/);
  });

  it('put the environment first', () => {
    const test = (scenarios['failed'] ?? []).map((each) => ({
      ...each,
      labels: { ...each.labels, environment: 'test' },
    }));
    const { subject } = render(yaml, 'responder/party_en/en', test);
    expect(subject).toBe('[test] ACME NV: 2 failed records (orders)');
  });

  it("tell what the user's own errors mean, and of the others what the shipped catalogue says", () => {
    const texts = (word: string) => ({
      en: `${word} en`,
      nl: `${word} nl`,
      de: `${word} de`,
      fr: `${word} fr`,
    });
    const own = (id: string): KnownError => ({
      ...{
        id,
        category: 'constraint',
        responder: 'it',
        retryable: false,
        flows: [],
        codes: [],
        patterns: ['x'],
      },
      ...{ example: '', title: texts('title'), own: true },
      ...{ explanation: texts(`own {{ .Labels }} "${id}"`), action: texts('do') },
    });
    const catalogue = { errors: [own('own-a'), own('closed-period')] };
    const other = alertmanagerYaml({ ...config, knownErrors: catalogue }, smtp);
    const failure = (error: string) => [
      alert('ErpRecordFailed', { labels: { record: 'W-1', error, known: 'true' } }),
    ];
    for (const id of ['own-a', 'closed-period']) {
      const { html, text } = render(other, 'responder/party_de/de', failure(id));
      expect(text).toContain(`Bedeutung: own {{ .Labels }} "${id}" de\n`);
      expect(text).toContain('Was zu tun ist: do de\n');
      expect(html).toContain('own {{ .Labels }}');
    }
    const shipped = render(other, 'responder/party_de/de', failure('dimension')).text;
    expect(shipped).toContain('Bedeutung: Das ERP verlangt');
    const later = render(other, 'responder/party_de/de', failure('of-a-later-version')).text;
    expect(later).toContain('Bedeutung: Die Statusseite erklärt es');
  });

  it('leave out the links that no address is given for', () => {
    const { pageUrl, runbookUrl, grafanaUrl, ...alerting } = config.alerting;
    const plain = alertmanagerYaml({ ...config, alerting }, smtp);
    const { html, text } = render(plain, 'responder/party_en/en', scenarios['failed'] ?? []);
    expect(html + text).not.toMatch(/grafana|monitor\.acme|Dashboard|Status page|What this means|runbook/);
    expect([pageUrl, runbookUrl, grafanaUrl]).not.toContain(undefined);
  });

  it('tell of an alert that they have no words for by its summary', () => {
    const other = [alert('ShopDown', { annotations: { summary: 'The shop is closed.' } })];
    expect(render(yaml, 'responder/party_nl/nl', other).subject).toBe(
      'ACME NV: The shop is closed. (orders)',
    );
  });
});

describeReal('hostile text', ['alertmanager', 'chromium'], () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('stays text in HTML', async () => {
    const page = await browser.newPage();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.setContent(mail('hostile', 'en').html);
    expect(await page.locator('script, img').count()).toBe(0);
    const addresses = await Promise.all(
      (await page.locator('a').all()).map((link) => link.getAttribute('href')),
    );
    for (const address of addresses) expect(address).toMatch(/^https:\/\//);
    expect(await page.locator('body > *').count()).toBe(1);
    expect(await page.locator('.record a').allTextContents()).toEqual(['W-3']);
    expect(await page.locator('.message').first().textContent()).toContain(
      '</td></table><script>alert(1)</script>',
    );
    expect(dialogs).toEqual([]);
    await page.close();
  });

  it('makes no lines of its own, nor turns those around, in the subject and the text', () => {
    const { subject, text } = mail('hostile', 'en');
    expect(hostile).toMatch(/[\r\n\u202E]/);
    expect(subject).not.toMatch(/[\p{C}]/u);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    for (const line of text.split('\n')) expect(line).not.toMatch(/^(?:Bcc|gnp)/);
  });

  it.each([
    [1024, 'light'],
    [1024, 'dark'],
    [375, 'light'],
    [375, 'dark'],
  ] as const)('fits, with everything else, into %i pixels (%s)', async (width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    for (const name of Object.keys(scenarios)) {
      await page.setContent(mail(name, 'fr').html);
      const needed = await page.evaluate('document.documentElement.scrollWidth');
      expect([name, needed]).toEqual([name, width]);
      const boxes = await Promise.all(
        (await page.locator('.message, .record, h1').all()).map((box) => box.boundingBox()),
      );
      const narrowest = Math.min(...boxes.map((box) => box?.width ?? 0));
      expect(narrowest).toBeGreaterThan(90);
    }
    await page.close();
  });
});
