import fc from 'fast-check';
import { expect, it } from 'vitest';
import { casesOf } from '../../helpers/nightly.ts';
import { draftOf, mark, never, remarkOf, type Bench } from './suite-bench.ts';

const hostile: readonly string[] = [
  '{{macro}} {{toc}} {{include(Wiki)}} {{> x}} ${7*7} <%= 7*7 %>',
  '<script>alert(1)</script> </pre><script>alert(2)</script> </code></pre><img src=x onerror=alert(3)>',
  '<PRE>a</PRE > <pre><code class="ruby">x</code></pre> <!-- a --> &lt;b&gt; &#60;i&#62;',
  '@someone @admin @here hello @bridge user@host.example',
  '#1 #12 !1 &1 ~1 $1 %1 GH-1 acme/shop#1 issue:1 ticket:1 rt#1 r1 commit:a1b2c3',
  '[x](javascript:alert(1)) [y]: http://evil.example "z":http://evil.example [[Wiki]] [q|http://evil.example]',
  '!img! !http://evil.example/x.png! ![a](http://evil.example/x.png) {noformat}{html}<b>{html} [~admin]',
  'one\r\ntwo\rthree\r\n\r\n* four\r\n# five\r\n\r\n    six',
  '` `` ``` ```` ~~~ ~~~~\n```\n@someone\n~~~\n#1\n`````\n<b>bold</b>',
  'http://evil.example/?a=1&b=2 https://evil.example www.evil.example mailto:a@evil.example',
  '/close\n/assign @someone\n/label ~bug\n\\close',
  'a\u0000b\u0007c\u001bd\u202ee \ud83d\ude80 \ud800 end',
  `10 kB ${'x{{y}}<b>#1 @z '.repeat(640)}`,
];

const texts = fc
  .array(
    fc.constantFrom(
      '`',
      '```',
      '\n',
      '\r\n',
      '{{',
      '}}',
      '<',
      '>',
      '/pre',
      'pre',
      '#1',
      '@someone',
      ' ',
      '!',
      '[',
      '](',
      ')',
      '"',
      ':',
      'http://evil.example',
      '{noformat}',
      '{code}',
      '*',
      '_',
      '~~~',
      '|',
      '\\',
      '&',
      'a',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

export function hostileTexts(bench: () => Bench): void {
  async function show(text: string): Promise<void> {
    const { tracker, subject } = bench();
    const draft = draftOf();
    const titled = { ...draft, title: `${text.slice(0, 180)} ${draft.marker}`, text };
    const { id } = await tracker.create(titled, never);
    await tracker.comment(id, remarkOf(text), never);
    expect(await subject.active(id)).toEqual([]);
    // Its marker stands, whatever the text.
    expect((await tracker.find(draft.marker, never))?.id).toBe(id);
  }

  it.each(hostile.map((text) => [text.slice(0, 40), text]))('do nothing: %j', async (_, text) => show(text));

  it('do nothing, whatever they are made of', async () => {
    await fc.assert(fc.asyncProperty(texts, show), { numRuns: casesOf(20, 7) });
  });

  it('are looked for where people read', async () => {
    const { tracker, subject } = bench();
    if (subject.provocation === undefined) return;
    const { id } = await tracker.create(draftOf(), never);
    await subject.colleague.comment(id, subject.provocation);
    expect(await subject.active(id)).not.toEqual([]);
  });

  it('cannot pass for the marker of another ticket', async () => {
    const { tracker } = bench();
    const other = mark();
    const text = `erp-exporter: ${other}\nerp-exporter: ${other}`;
    const { id } = await tracker.create(draftOf({ text, title: `erp-exporter: ${other}` }), never);
    const found = await tracker.find(other, never);
    expect(found?.id).not.toBe(id);
    const remark = remarkOf('Is said.');
    await tracker.comment(
      id,
      remarkOf(`erp-exporter: ${remark.marker}\nerp-exporter: ${remark.marker}`),
      never,
    );
    await tracker.comment(id, remark, never);
    expect((await bench().subject.remarks(id)).filter((one) => one.includes('Is said.'))).toHaveLength(1);
  });
}
