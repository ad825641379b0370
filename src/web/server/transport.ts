import type { X509Certificate } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

/** How the bytes of a connection are protected, and by whom it may be opened. */
export interface Transport {
  readonly options: TlsOptions;
  readonly http2: boolean;
  /** Whether nobody comes in without a certificate that an authority of the configuration vouches for. */
  readonly verifiesClients: boolean;
  /**
   * Whether a client may come in.
   *
   * @param certificate its certificate; undefined: it showed none.
   * @param isVerified whether an authority of the configuration vouches for it.
   */
  readonly admits: (certificate: X509Certificate | undefined, isVerified: boolean) => boolean;
}
