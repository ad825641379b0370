import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that pages refer to, as a browser gets it. */
export interface Asset {
  readonly type: 'text/css; charset=utf-8' | 'text/javascript; charset=utf-8';
  readonly body: Buffer;
  /** Below the route of assets; it changes with the contents, so that browsers may keep it for ever. */
  readonly name: string;
}

/** Where the files of pages are, seen from the page. */
export interface AssetLinks {
  readonly style: string;
  /** Scripts in the order in which they run; a page works without them. */
  readonly scripts: readonly string[];
  /** What a page with a chart needs besides. */
  readonly chart: { readonly style: string; readonly scripts: readonly string[] };
}

function assetOf(url: URL | string, type: Asset['type']): Asset {
  const file = fileURLToPath(url);
  const body = readFileSync(file);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { type, body, name: `${hash}-${basename(file)}` };
}

/** The files that pages need, read once: our own in public/, and those of packages as they are. */
export class Assets {
  readonly #style = assetOf(new URL('../../public/style.css', import.meta.url), 'text/css; charset=utf-8');
  readonly #scripts = [
    assetOf(import.meta.resolve('htmx.org/dist/htmx.min.js'), 'text/javascript; charset=utf-8'),
  ];
  readonly #chartStyle = assetOf(import.meta.resolve('uplot/dist/uPlot.min.css'), 'text/css; charset=utf-8');
  readonly #chartScripts = [
    import.meta.resolve('uplot/dist/uPlot.iife.min.js'),
    // From the folder: by this URL no module of ours is started.
    new URL('chart.js', new URL('../../public/', import.meta.url)),
  ].map((url) => assetOf(url, 'text/javascript; charset=utf-8'));
  readonly #byName = new Map(
    [this.#style, ...this.#scripts, this.#chartStyle, ...this.#chartScripts].map((asset) => [
      asset.name,
      asset,
    ]),
  );

  /** @param base path of the route of assets, without a slash at its end. */
  linksFrom(base: string): AssetLinks {
    const link = ({ name }: Asset): string => `${base}/${name}`;
    return {
      style: link(this.#style),
      scripts: this.#scripts.map(link),
      chart: { style: link(this.#chartStyle), scripts: this.#chartScripts.map(link) },
    };
  }

  find(name: string): Asset | undefined {
    return this.#byName.get(name);
  }
}
