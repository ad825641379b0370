import { blockComment, type Quoting } from '../shared/named-parameters.ts';

/** Backslashes in strings, names in backticks, `#` for a comment; `--` begins one before a blank alone. */
export const quoting: Quoting = {
  opaque: [
    blockComment,
    /--(?=\s|$)[^\r\n]*/,
    /#[^\r\n]*/,
    /"[^"\\]*(?:(?:\\[\s\S]|"")[^"\\]*)*(?:"|$)/,
    /'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|$)/,
    /`[^`]*(?:``[^`]*)*(?:`|$)/,
  ],
  nestsComments: false,
  ownParameter: /\?/,
  // `/*!` and, of MariaDB, `/*M!`.
  runComment: /^\/\*M?!/,
};
