import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Documents } from '../../src/web/documents.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The path of the annotation runbook_url of every rule. */
function runbookPaths(): readonly string[] {
  return ['alerts/erp.rules.yml', 'prometheus/blackbox.rules.yml'].flatMap((file) => {
    const { groups } = parse(read(file)) as {
      groups: { rules: { annotations?: Record<string, string> }[] }[];
    };
    return groups.flatMap(({ rules }) =>
      rules.flatMap(({ annotations }) =>
        annotations === undefined ? [] : [annotations['runbook_url'] ?? ''],
      ),
    );
  });
}

describe('documents', () => {
  const documents = new Documents();
  const anchorsOf = (html: string): readonly string[] =>
    [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);

  it('have an anchor where the runbook_url of each rule leads to', () => {
    const paths = runbookPaths();
    expect(paths.length).toBeGreaterThan(50);
    const anchors = anchorsOf(documents.find('runbook')?.html ?? '');
    for (const path of paths) {
      expect(path).toMatch(/^\/docs\/runbook#./);
      expect(anchors).toContain(path.split('#')[1]);
    }
  });

  it('are all that docs/ holds and the runbook, by their titles', () => {
    expect(documents.list).toContainEqual({ name: 'configuration', title: 'Configuration' });
    expect(documents.list).toContainEqual({ name: 'runbook', title: 'Runbook' });
    expect(documents.list.length).toBeGreaterThan(10);
    for (const { name } of documents.list) expect(documents.find(name)?.html, name).toMatch(/^<h1 id="/);
    expect(documents.find('nothing')).toBeUndefined();
    expect(documents.find('../package')).toBeUndefined();
  });

  it('lead by each of their links to the web, or to an anchor that is there', () => {
    const links = documents.list.flatMap(({ name }) =>
      [...(documents.find(name)?.html ?? '').matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => ({
        name,
        href,
      })),
    );
    const local = links.filter(({ href }) => !/^https?:\/\//.test(href));
    expect(local.length).toBeGreaterThan(50);
    for (const { name, href } of local) {
      const [target = '', anchor = ''] = href.split('#');
      const document = documents.find(target === '' ? name : target);
      expect(document, `${name}: ${href}`).toBeDefined();
      if (anchor !== '') expect(anchorsOf(document?.html ?? ''), `${name}: ${href}`).toContain(anchor);
    }
  });

  it('hold no markup but that of Markdown, no styles, and no comments', () => {
    for (const { name } of documents.list) {
      const { html = '' } = documents.find(name) ?? {};
      expect(html, name).not.toMatch(
        /<(?!\/?(?:h[1-6]|p|a|ul|ol|li|strong|em|code|pre|table|thead|tbody|tr|th|td|br|hr|blockquote)\b)/,
      );
      expect(html, name).not.toMatch(/ style=|&lt;!--/);
    }
  });

  it('stay text where their source holds markup, or a link to a script', () => {
    const hostile =
      '# A <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](../secret.txt) ![c](x.png) [d](a.md#a-1)\n';
    const { html = '', title } = new Documents(new Map([['a', hostile]])).find('a') ?? {};
    expect(title).toBe('A <script>alert(1)</script>');
    expect(html).not.toMatch(/<script|<img|href="(?!a#a-1")/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain('<a>b</a>');
  });
});
