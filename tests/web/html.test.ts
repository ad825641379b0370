import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { html, link } from '../../src/web/html.ts';

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt; &amp; &#39;',
  '</td></table><h1>',
  '<!-- ',
  '</style><script>',
];

/** The text that a browser would show for this markup, when it holds no element. */
const shown = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('html', () => {
  it.each(hostile)('writes %j as text and as attribute, and nothing else', (text) => {
    const page = html`<p title="${text}">${text}</p>`.toString();
    const match = /^<p title="([^"<>]*)">([^"<>]*)<\/p>$/.exec(page);
    expect(match?.slice(1).map(shown)).toEqual([text, text]);
  });

  it('keeps any text in its place, and shows it as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (title, items) => {
        const list = html`<ul title="${title}">
          ${items.map((item) => html`<li>${item}</li>`)}
        </ul>`.toString();
        const [, attribute = '', body = ''] = /^<ul title="([^"]*)">(.*)<\/ul>$/s.exec(list) ?? [];
        expect(shown(attribute)).toBe(title);
        expect(attribute + body.replaceAll(/<\/?li>/g, '')).not.toMatch(/[<>"']/);
        expect([...body.matchAll(/<li>([^<]*)<\/li>/g)].map(([, item = '']) => shown(item))).toEqual(items);
      }),
    );
  });

  it('takes numbers, lists and its own markup', () => {
    expect(html`<b>${1.5}</b>${[html`<i>a</i>`, 'b&c', ['<']]}${html``}`.toString()).toBe(
      '<b>1.5</b><i>a</i>b&amp;c&lt;',
    );
  });

  it('takes markup in an attribute for a text', () => {
    expect(html`<p title="${html`<b class="x">`}"></p>`.toString()).toBe(
      '<p title="&lt;b class=&quot;x&quot;&gt;"></p>',
    );
  });

  it.each([
    ['in a tag', () => html`<p ${'x'}></p>`],
    ['as an attribute without quotes', () => html`<p title=${'x'}></p>`],
    ['between single quotes', () => html`<p title='${'x'}'></p>`],
    ['in a script', () => html`<script>const a = "${'x'}";</script>`],
    ['in a style', () => html`<style>p { color: ${'x'} }</style>`],
    ['in a comment', () => html`<!-- ${'x'} --><p></p>`],
    ['in a tag after a quoted one', () => html`<p id="${'a'}" ${'x'}></p>`],
    ['before the end of a tag that stays open', () => html`<p>${'x'}</p`],
    ['before the end of a quote that stays open', () => html`<p>${'x'}<b title="`],
  ])('refuses a value %s', (_where, write) => {
    expect(write).toThrow('must stand in text or between double quotes');
  });

  it('cannot be passed markup that is a text, says the compiler', () => {
    const file = fileURLToPath(new URL('../../src/web/page.ts', import.meta.url));
    const text = `import { Html } from './html.ts';
export const fake: Html = '<b>';
export const cast: Html = { toString: () => '<b>' };
export const made = new Html('<b>');
`;
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      types: [],
    };
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, languageVersion) =>
      name === file ? ts.createSourceFile(name, text, languageVersion) : read(name, languageVersion);
    const program = ts.createProgram([file], options, host);
    const lines = program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ start = 0 }) => text.slice(0, start).split('\n').length);
    expect(lines).toEqual([2, 3, 4]);
  });
});

describe('link', () => {
  it.each(['https://shop.example/a?b=1&c="', 'http://erp.lan/', '/metrics', '/erp/metrics'])(
    'leads to %s',
    (address) => {
      const [, target = '', text] =
        /^<a href="([^"]*)">(.*)<\/a>$/.exec(link(address, 'A&B').toString()) ?? [];
      expect(shown(target)).toBe(address);
      expect(text).toBe('A&amp;B');
    },
  );

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil',
    '',
    'x',
  ])('shows the text alone for %j', (address) => expect(link(address, '<b>').toString()).toBe('&lt;b&gt;'));
});
