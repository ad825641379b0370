/**
 * A text from elsewhere as one line: what would begin another line, hide or turn around what follows is a space, and what is too long is
 * cut. @param most characters.
 */
export function oneLine(text: string, most: number): string {
  // Beyond this nothing of it is used.
  const line = text
    .slice(0, most * 4)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
