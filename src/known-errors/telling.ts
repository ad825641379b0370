/** What is read of a text that is longer: so much of its beginning and so much of its end, in UTF-16 units. */
const mostOfAnEnd = 32_768;
/** What is read of one part, and how many parts of one text. */
const mostOfAPart = 4096;
const mostParts = 8;
/** A longer line is no frame of a stack. */
const longestFrame = 2000;

/** Lines of a stack that say where the program was, in the forms of Java, Node, .NET (in four languages), PHP, and Ruby. */
const frames: readonly RegExp[] = [
  /^\s*(?:at|bei|bij|à) .*(?:\)|:\d+|:(?:line|zeile|regel|ligne) \d+)(?:\s*~?\[[^\]]*\])?\s*[{,]?$/i,
  /^\s*#\d+ (?:\{main\}|\[internal function\]|.+\(\d+\): )/,
  /^\s*from .+:\d+:in /,
  /^\s*\.\.\. \d+ (?:more|common frames omitted)$/,
  /^\s*(?:thrown in .+ on line \d+|(?:PHP )?Stack trace:|--- .{3,80} ---)$/i,
];

const pythonFrame = /^\s*File "[^"]*", line \d+/;
/** Where another trace of Python begins, or the sentence between two. */
const pythonBreak =
  /^\s*(?:Traceback \(most recent call last\):|During handling of the above|The above exception was)/;
/** The line of Python that names an exception, such as `odoo.exceptions.UserError: No lines`. */
const pythonException = /^\s{0,8}(?:\w+\.)*[A-Z]\w*(?::|$)/;

/** What stands between an exception and its cause in Java, Node and .NET. */
const causes = /\bCaused by: |(?:^|\s)---> |\[cause\]: /;

function isFrame(line: string): boolean {
  return line.length <= longestFrame && frames.some((form) => form.test(line));
}

/** The beginning and the end of a long text, cut between two lines where there are any. */
function bounded(text: string): string {
  if (text.length <= 2 * mostOfAnEnd) return text;
  const beginning = text.slice(0, mostOfAnEnd);
  const end = text.slice(-mostOfAnEnd);
  const lastLine = beginning.lastIndexOf('\n');
  return `${lastLine < 0 ? beginning : beginning.slice(0, lastLine)}\n${end.slice(end.indexOf('\n') + 1)}`;
}

/** A trace whose line breaks JSON or a log has written as escapes. */
const escapedTrace = /\\n(?:\s+File \\*"|(?:\s+|\\+t)at |\\*#\d+ |Caused by: )/;

/** Line breaks, quotation marks and letters that were written as escapes; a backslash in a path stays. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const lines = escapedTrace.test(text)
    ? text.replaceAll(/\\{1,2}r?\\{1,2}n|\\{1,2}n/g, '\n').replaceAll(/\\{1,2}t/g, '\t')
    : text.replaceAll(/\\{1,2}r\\{1,2}n/g, '\n');
  return lines
    .replaceAll(/\\{1,2}"/g, '"')
    .replaceAll(/\\{1,2}u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * The exceptions of a trace of Python, the last one first. A line below a frame is the source of that frame, unless it names
 * an exception; what stands before the first trace comes last.
 */
function pythonParts(lines: readonly string[]): string[] {
  const blocks: string[][] = [[]];
  let isBelowFrame = false;
  for (const line of lines) {
    const isBreak = pythonBreak.test(line);
    const isAtFrame = pythonFrame.test(line);
    const isSource: boolean = isBelowFrame && (!pythonException.test(line) || /^\s*[~^]+\s*$/.test(line));
    if (isBreak || isAtFrame) blocks.push([]);
    else if (!isSource) blocks.at(-1)?.push(line);
    // Below the source may stand a blank line or marks beneath what failed.
    isBelowFrame = isAtFrame || (isSource && /^\s*(?:[~^ ]*)$|^\s{4}/.test(line));
  }
  return blocks.map((block) => block.join('\n')).reverse();
}

/** A headline without what PHP puts around it: that nobody caught it, and the file. */
function headline(text: string): string {
  return text
    .replace(/^[^\n]{0,200}?\bUncaught (?:exception )?(?=[\w\\']{3})/, '')
    .replaceAll(/ in (?:\/|[A-Z]:\\|<\w+>\\)\S{1,300}:\d+(?=\s|$)/g, '');
}

/** Exceptions of Java, Node, .NET, PHP or Ruby, the innermost cause first. */
function causeParts(lines: readonly string[]): string[] {
  const rest = lines.filter((line) => !isFrame(line)).join('\n');
  // PHP puts the cause first, and what came of it after "Next".
  const [innermost = '', ...next] = rest.split(/\nNext (?=[\w\\]+: )/);
  return [...innermost.split(causes).reverse(), ...next].map(headline);
}

/** A text that is no stack trace: its beginning, and its end where that is far from it. */
function plainParts(text: string): string[] {
  return text.length <= mostOfAPart ? [text] : [text.slice(0, mostOfAPart), text.slice(-mostOfAPart)];
}

/**
 * The parts of an error text that tell what happened, the most telling one first; at least one. Of a stack trace that is the
 * last exception (Python) or the innermost cause (Java, Node, .NET, PHP), then those around it, without the frames; of any
 * other text its beginning. At most 8 parts of 4096 UTF-16 units.
 *
 * Takes time in proportion to the text, of which the first and the last 32 kB are read.
 */
export function tellingParts(text: string): readonly string[] {
  const read = unescaped(bounded(text));
  const lines = read.split(/\r?\n/);
  const isPython = lines.some((line) => pythonFrame.test(line));
  const isTrace = isPython || lines.some(isFrame);
  const parts = isPython ? pythonParts(lines) : isTrace ? causeParts(lines) : plainParts(read);
  const worded = parts.map((part) => part.trim()).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const found = worded.length > 0 ? worded : plainParts(read);
  return found.slice(0, mostParts).map((part) => part.slice(0, mostOfAPart));
}

/** So much of the beginning of a trace, and of its end, is kept for people, in UTF-16 units. */
const mostOfATrace = 2000;

/**
 * An error text as people read it when its most telling part is not enough: with frames, and with the exceptions around it, in
 * whole lines, so that nothing that has to be masked is cut in two; at most 4,000 UTF-16 units. '' where the text says no
 * more than that part.
 */
export function traceOf(text: string): string {
  const whole = unescaped(bounded(text)).trim();
  if (!/\n/.test(whole) || whole === tellingPart(text).trim()) return '';
  if (whole.length <= 2 * mostOfATrace) return whole;
  const beginning = whole.slice(0, mostOfATrace);
  const end = whole.slice(-mostOfATrace);
  const hasWholeLine = end.includes('\n');
  return [
    beginning.slice(0, Math.max(0, beginning.lastIndexOf('\n'))),
    '…',
    hasWholeLine ? end.slice(end.indexOf('\n') + 1) : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The most telling part of an error text; see `tellingParts`. */
export function tellingPart(text: string): string {
  return tellingParts(text)[0] ?? '';
}
