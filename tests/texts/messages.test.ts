import { TYPE, parse } from '@formatjs/icu-messageformat-parser';
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { languages } from '../../src/known-errors/catalogue.ts';
import { messages } from '../../src/texts/messages.ts';

/** The placeholders of a message, those within plural forms included. */
function placeholdersOf(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    if (element.type === TYPE.tag) return placeholdersOf(element.children);
    const inside =
      element.type === TYPE.plural || element.type === TYPE.select
        ? Object.values(element.options).flatMap(({ value }) => placeholdersOf(value))
        : [];
    return [element.value, ...inside];
  });
}

const texts = Object.entries(messages);

describe.each(texts)('the message %s', (_key, text) => {
  it('has the same placeholders in every language', () => {
    const [first, ...others] = languages.map((language) => [
      ...new Set(placeholdersOf(parse(text[language], { ignoreTag: true }))),
    ]);
    for (const other of others) expect(other.sort()).toEqual(first?.sort());
  });

  it('is written in every language, without outer space', () => {
    for (const language of languages) expect(text[language]).toMatch(/^\S(?:.*\S)?$/s);
  });
});
