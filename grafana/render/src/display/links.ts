import type { DataFrame, Field, InterpolateFunction, ScopedVars } from '@grafana/data';
import { getFieldDisplayValuesProxy } from '@grafana/data';
import type { Chosen } from '../placed.ts';
import type { Context } from '../variables.ts';

interface DataContext {
  readonly frame: DataFrame;
  readonly field: Field;
  readonly rowIndex?: number;
}

/** `encodeURIComponent`, and what it leaves alone though addresses do not: Grafana does the same. */
function percentEncoded(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, strictly);
}
function strictly(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function formatted(value: string, format: string | undefined): string {
  if (format === 'percentencode') return percentEncoded(value);
  if (format === 'uriencode') return encodeURI(value).replace(/[!'()*]/g, strictly);
  return value;
}

function fromData({ frame, field, rowIndex }: DataContext, name: string, path: string): string | undefined {
  if (name === '__field') return field.labels?.[path.replace(/^labels\./, '')] ?? '';
  if (name === '__data' && path.startsWith('fields.') && rowIndex !== undefined) {
    const shown: Readonly<Record<string, { toString(): string } | undefined>> = getFieldDisplayValuesProxy({
      frame,
      rowIndex,
    });
    return shown[path.replace(/^fields\./, '')]?.toString() ?? '';
  }
  return undefined;
}

function queryParameters(name: string, chosen: Chosen): string {
  return chosen.map((value) => `var-${name}=${percentEncoded(value)}`).join('&');
}

const variable = /\$(\w+)|\$\{(\w+)(?:\.([^:{}]+))?(?::([^}]+))?\}/g;

/**
 * Fills in the variables of a text, of a link above all. This is the work of Grafana's package of scenes, which needs a
 * browser; the values of cells come from `@grafana/data`. What is unknown stays as it is, as in Grafana.
 */
export function replacing({ chosen, from, to }: Context): InterpolateFunction {
  return (text, scopedVars?: ScopedVars, fallback?) =>
    text.replace(
      variable,
      (match: string, plain?: string, braced?: string, path?: string, ownFormat?: string) => {
        const name = plain ?? braced ?? '';
        const format = ownFormat ?? (typeof fallback === 'string' ? fallback : undefined);
        if (name === '__url_time_range') return `from=${percentEncoded(from)}&to=${percentEncoded(to)}`;
        const values = chosen[name];
        if (values !== undefined)
          return format === 'queryparam'
            ? queryParameters(name, values)
            : formatted(values.join(','), format);
        const data = scopedVars?.['__dataContext']?.value as DataContext | undefined;
        const value = data && fromData(data, name, path ?? '');
        return value === undefined ? match : formatted(value, format);
      },
    );
}
