import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  TemplateError,
  hostOf,
  renderBody,
  renderUrl,
  urlTemplateProblem,
} from '../../src/remedies/template.ts';
import { hostileKeys } from './hostile-keys.ts';
import { casesOf } from '../helpers/nightly.ts';

const template = 'https://erp.example:8443/api/{company}/orders/{record}/relaunch?by={monitor}&key={record}';
const values = (record: string) => ({ record, company: 'acme', monitor: 'web_orders' });

/** Any text, mostly made of what addresses are made of. */
const keys = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '.',
      '/',
      '%',
      '2',
      'e',
      '\\',
      '?',
      '#',
      '&',
      '=',
      '{',
      '}',
      '@',
      ':',
      '\r',
      '\n',
      '\0',
    ),
  }),
  fc.constantFrom(...hostileKeys),
);

describe('an address', () => {
  it('has the record where the template has it', () => {
    expect(renderUrl(template, values('A 1/2')).href).toBe(
      'https://erp.example:8443/api/acme/orders/A%201%2F2/relaunch?by=web_orders&key=A%201%2F2',
    );
    expect(hostOf('https://ERP.example/{record}')).toBe('erp.example');
  });

  it('is that of the template, whatever the record: same host, same segments, same parameters', () => {
    fc.assert(
      fc.property(keys, (record) => {
        let url: URL;
        try {
          url = renderUrl(template, values(record));
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
          return;
        }
        expect(url.origin).toBe('https://erp.example:8443');
        const segments = url.pathname.split('/');
        expect(segments).toHaveLength(6);
        expect([...segments.slice(0, 4), segments[5]]).toEqual(['', 'api', 'acme', 'orders', 'relaunch']);
        expect(decodeURIComponent(segments[4] ?? '')).toBe(record);
        expect([...url.searchParams.keys()]).toEqual(['by', 'key']);
        expect(url.searchParams.get('key')).toBe(record);
        expect(url.hash + url.username + url.password).toBe('');
        expect(url.href).toMatch(/^[\x21-\x7E]+$/);
      }),
      { numRuns: casesOf(2000) },
    );
  });

  it.each(['.', '..', '', '\uD800', 'x'.repeat(10_000)])('is refused for the record %j', (record) => {
    expect(() => renderUrl('https://erp.example/orders/{record}', values(record))).toThrow(TemplateError);
  });

  it('may not put dots together from a template', () => {
    expect(() => renderUrl('https://erp.example/a/.{record}/b', values('.'))).toThrow(TemplateError);
    expect(() =>
      renderUrl('https://erp.example/a/{record}{company}/b', { ...values('.'), company: '.' }),
    ).toThrow(TemplateError);
    expect(urlTemplateProblem('https://erp.example/a/%2E%2e/{record}')).toContain('dots');
  });
});

it('replaces in a body once, and only in its texts', () => {
  const body = { '{record}': 1, order: '{record}', list: ['{company}-{record}', null, true], other: '{x}' };
  expect(renderBody(body, values('{company}"\\'))).toEqual({
    '{record}': 1,
    order: '{company}"\\',
    list: ['acme-{company}"\\', null, true],
    other: '{x}',
  });
});
