import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventTypeOf } from '../../src/tickets/event-type.ts';
import { keyOf, keyText } from '../../src/tickets/key.ts';
import { languages } from '../../src/known-errors/catalogue.ts';
import { messages } from '../../src/texts/messages.ts';
import { Translator } from '../../src/texts/translator.ts';

const files = ['alerts/erp.rules.yml', 'prometheus/blackbox.rules.yml'];
const names = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name),
);

describe.each([...new Set(names)])('%s', (name) => {
  it('has an event type of its own, and words, unless it is never a ticket', () => {
    const type = eventTypeOf(name);
    if (name === 'ErpWatchdog') expect(type).toBeUndefined();
    else {
      expect(type).not.toBe('other');
      expect(type).toBeDefined();
      expect(Object.keys(messages)).toContain(`alert.${name}`);
    }
  });
});

it('says of alerts what the mails say', () => {
  const template = readFileSync('alertmanager/templates/words.tmpl', 'utf8');
  for (const key of Object.keys(messages).filter((each) =>
    each.startsWith('alert.'),
  ) as (keyof typeof messages)[])
    for (const language of languages)
      for (const count of [1, 2]) {
        const said = new Translator(language)
          .text(key, { count })
          .replace(/^\d+ /, '')
          .replace(/: \d+ .*$/, '');
        expect(template, key).toContain(`"${said}"`);
      }
});

it('keeps keys apart, however long their parts are', () => {
  const labels = { alertname: 'ErpRecordFailed', company: 'acme', flow: 'orders', monitor: 'm' };
  const text = (change: Readonly<Record<string, string>>): string => {
    const key = keyOf({ ...labels, ...change });
    return key === undefined ? '' : keyText(key);
  };
  const long = '"'.repeat(1_000);
  const all = [
    {},
    { company: 'b' },
    { flow: 'f' },
    { monitor: long },
    { monitor: `${long}x` },
    { environment: 'e' },
    { alertname: 'ErpRecordsLate' },
    { alertname: 'Own' },
    { alertname: 'Other' },
    { alertname: 'ErpDatabaseDown', company: '', database: 'a' },
    { alertname: 'ErpDatabaseDown', company: '', database: 'b' },
  ];
  const texts = all.map(text);
  expect(new Set(texts).size).toBe(all.length);
  for (const each of texts) expect(each.length).toBeLessThanOrEqual(500);
});
