import type { TlsSettings } from '../contract.ts';

/** The PEM texts that are given, as Node's `tls` takes them. */
export function pemTexts({ ca, cert, key }: TlsSettings): Pick<TlsSettings, 'ca' | 'cert' | 'key'> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
