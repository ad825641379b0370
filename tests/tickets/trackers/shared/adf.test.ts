import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adf, textOfAdf } from '../../../../src/tickets/trackers/shared/adf.ts';
import { hasMarker, markerLine } from '../../../../src/tickets/trackers/shared/marker.ts';
import { activeInAdf } from '../fakes/active.ts';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('\n', '\r\n', '', 'a', 'erp-exporter: erp-2', ' ')).map((parts) => parts.join('')),
);

describe('a document of Jira Cloud', () => {
  it('keeps each line as it is', () => {
    expect(adf('a\n\nb', 'c')).toEqual({
      type: 'doc',
      version: 1,
      content: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'a' },
            { type: 'hardBreak' },
            { type: 'hardBreak' },
            { type: 'text', text: 'b' },
          ],
        },
        { type: 'paragraph', content: [{ type: 'text', text: 'c' }] },
      ],
    });
    expect(textOfAdf(adf('a\n\nb', 'c'))).toBe('a\n\nb\nc');
  });

  it('has nothing but text, and its marker, whatever the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const document = adf(text, markerLine('erp-1'));
        expect(activeInAdf(document)).toEqual([]);
        expect(hasMarker(textOfAdf(document), 'erp-1')).toBe(true);
        expect(hasMarker(textOfAdf(document), 'erp-2')).toBe(false);
      }),
    );
  });

  it('is read without error, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof textOfAdf(value) === 'string'));
    expect(textOfAdf({ type: 'doc', content: [{ type: 'mention', attrs: { text: '@a' } }] })).toBe('');
  });
});
