import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxLabelLength } from '../../src/poll/accept.ts';
import { recordUrl } from '../../src/poll/record-url.ts';

describe('the address of a record', () => {
  it('has the encoded key wherever the template wants it', () => {
    const template = 'https://shop.example/{record}?order={record}&from=erp';
    expect(recordUrl(template, 'W 1/2&x')).toBe(
      'https://shop.example/W%201%2F2%26x?order=W%201%2F2%26x&from=erp',
    );
    expect(recordUrl('HTTP://shop.example/{record}', '$&')).toBe('HTTP://shop.example/%24%26');
  });

  it('is none without a template, and with one that is no web address', () => {
    expect(recordUrl(undefined, 'W-1')).toBe('');
    for (const template of ['javascript:alert({record})', 'data:text/html,{record}', '/orders/{record}'])
      expect(recordUrl(template, '1')).toBe('');
  });

  it('is none rather than a cut one', () => {
    expect(recordUrl('https://x/{record}', 'é'.repeat(41))).toHaveLength(256);
    expect(recordUrl('https://x/{record}', 'é'.repeat(42))).toBe('');
  });

  it('keeps any key in its place, on its line and within a label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (key) => {
        const url = recordUrl('https://shop.example/orders/{record}/edit?x=1', `${key}\ud800\r\n"<`);
        expect(url.length).toBeLessThanOrEqual(maxLabelLength);
        if (url === '') return;
        expect(url).toMatch(/^https:\/\/shop\.example\/orders\/[\w.!~*'()%-]+\/edit\?x=1$/);
      }),
    );
  });
});
