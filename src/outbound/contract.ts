/** A request to another system that a person has named in the configuration. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `http:` or `https:`, without login. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface OutboundResponse {
  readonly status: number;
  /** Lower-case names; of those that occur twice, the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What `Retry-After` asks for, in milliseconds from now, at most a day; undefined without it. */
  readonly retryAfterMs: number | undefined;
}

/**
 * - `unreachable`: nothing was sent: refused, unknown host, TLS
 * - `lost`: it may have been sent and done: the connection broke, or no answer came in time
 * - `large`: the answer has more bytes than allowed; it was done
 * - `forbidden`: the address is not one that may be called, or a header not one that may be sent; nothing was sent
 */
export type OutboundFault = 'unreachable' | 'lost' | 'large' | 'forbidden';

export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly fault: OutboundFault;
  /** No answer came within the time of the policy. */
  readonly isLate: boolean;

  constructor(
    fault: OutboundFault,
    message: string,
    options: { readonly cause?: unknown; readonly isLate?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.fault = fault;
    this.isLate = options.isLate === true;
  }
}

/** Where calls may go, and their limits. */
export interface OutboundPolicy {
  /**
   * `host` or `host:port`, as `URL.host` writes them; a call to any other is refused. Without a port: that of the scheme, 80 or
   * 443, alone.
   */
  readonly hosts: ReadonlySet<string>;
  /** Whether addresses of private ranges, this machine and link-local ones may be called. Checked on the address that is dialled. */
  readonly allowsPrivate: boolean;
  readonly timeoutMs: number;
  readonly mostBytes: number;
  /** Trusted certificates (PEM); absent: those of the public authorities. */
  readonly ca?: string;
}

/** Sends one request. Redirects are not followed: their answer is returned. @throws OutboundError */
export type SendOutbound = (request: OutboundRequest, signal: AbortSignal) => Promise<OutboundResponse>;
