import {
  blockComment,
  doubleQuotes,
  lineComment,
  singleQuotes,
  type Quoting,
} from '../shared/named-parameters.ts';

/** Names in brackets and backticks stand beside what the standard has; comments do not nest. */
export const quoting: Quoting = {
  opaque: [
    blockComment,
    lineComment,
    doubleQuotes,
    singleQuotes,
    /`[^`]*(?:``[^`]*)*(?:`|$)/,
    /\[[^\]]*(?:\]|$)/,
  ],
  nestsComments: false,
  bindsAnyName: true,
  ownParameter: /\?\d*|[@$#]\w+/,
};
