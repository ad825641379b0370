import {
  blockComment,
  cast,
  doubleQuotes,
  lineComment,
  singleQuotes,
  type Quoting,
} from '../shared/named-parameters.ts';

/** Strings with backslashes (`E'…'`) and dollar quotes stand beside what the standard has; comments nest. */
export const quoting: Quoting = {
  opaque: [
    blockComment,
    lineComment,
    doubleQuotes,
    /\b[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|$)/,
    singleQuotes,
    /(?<![\w$])\$(?<tag>(?:[A-Za-z_]\w*)?)\$[\s\S]*?(?:\$\k<tag>\$|$)/,
    cast,
  ],
  nestsComments: true,
  ownParameter: /\$\d+/,
};
