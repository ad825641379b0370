/** Asks for pages as a browser does: with its cookies, from one page to the next. */
export class CookieBrowser {
  /** By origin, then by name. */
  readonly cookies = new Map<string, Map<string, string>>();
  /** What each answer said of cookies. */
  readonly setCookies: string[] = [];

  /** One request, whose redirect is not followed. */
  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const own = this.#own(origin);
    const cookie = [...own].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers({ accept: 'text/html', ...(cookie === '' ? {} : { cookie }) });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      this.setCookies.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') own.delete(name);
      else own.set(name, value);
    }
    return answer;
  }

  /**
   * Follows redirects to an answer that is none. @param through may change an address before it is asked for; undefined: stops
   * there, and answers with the redirect.
   */
  async open(
    url: string,
    through: (url: URL) => URL | undefined = (next) => next,
  ): Promise<{ readonly answer: Response; readonly url: string }> {
    let at = url;
    for (let count = 0; count < 20; count++) {
      const answer = await this.ask(at);
      const location = answer.headers.get('location');
      if (location === null) return { answer, url: at };
      const next = through(new URL(location, at));
      if (next === undefined) return { answer, url: new URL(location, at).href };
      at = next.href;
    }
    throw new Error(`${url} leads in a circle`);
  }

  cookie(origin: string, name: string): string {
    return this.#own(origin).get(name) ?? '';
  }

  setCookie(origin: string, name: string, value: string): void {
    this.#own(origin).set(name, value);
  }

  #own(origin: string): Map<string, string> {
    const own = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, own);
    return own;
  }
}
