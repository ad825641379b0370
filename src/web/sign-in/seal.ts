import { createHmac, hkdfSync } from 'node:crypto';

/** Whose sealed texts they are: those of another provider or client are not valid. */
export interface Owner {
  readonly issuer: string;
  readonly clientId: string;
}

/** What a text is for: one is never taken for another. */
type Purpose = 'session' | 'login' | 'csrf';

const keyBytes = 32;
const algorithm = 'HS256';

/** Signs what browsers keep for us, as JSON Web Tokens with HMAC, so that nobody can change or invent it. */
export class Seal {
  readonly #secret: string | Uint8Array;

  constructor(secret: string | Uint8Array) {
    this.#secret = secret;
  }

  /** @param until when it ends to be valid, in milliseconds. */
  async close(
    purpose: Purpose,
    { issuer, clientId }: Owner,
    content: Readonly<Record<string, unknown>>,
    until: number,
  ): Promise<string> {
    const { SignJWT } = await import('jose');
    return new SignJWT({ ...content })
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setExpirationTime(Math.floor(until / 1000))
      .sign(this.#key(purpose));
  }

  /** @returns undefined for a text that we did not sign for this, and for one whose time is over. */
  async open(
    purpose: Purpose,
    { issuer, clientId }: Owner,
    text: string,
    now: number,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    if (text === '') return undefined;
    const { errors, jwtVerify } = await import('jose');
    try {
      const { payload } = await jwtVerify(text, this.#key(purpose), {
        algorithms: [algorithm],
        issuer,
        audience: clientId,
        requiredClaims: ['exp'],
        currentDate: new Date(now),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** A text that only we can make of `id`. */
  tokenOf(purpose: Purpose, id: string): string {
    return createHmac('sha256', this.#key(purpose)).update(id).digest('base64url');
  }

  #key(purpose: Purpose): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#secret, '', `erp-exporter ${purpose}`, keyBytes));
  }
}
