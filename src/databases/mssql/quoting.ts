import {
  blockComment,
  cast,
  doubleQuotes,
  lineComment,
  singleQuotes,
  type Quoting,
} from '../shared/named-parameters.ts';

/** Names in brackets stand beside what the standard has; `::` calls a method of a type; comments nest. */
export const quoting: Quoting = {
  opaque: [blockComment, lineComment, doubleQuotes, singleQuotes, /\[[^\]]*(?:\]\][^\]]*)*(?:\]|$)/, cast],
  nestsComments: true,
};
