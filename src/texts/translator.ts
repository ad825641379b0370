import { IntlMessageFormat } from 'intl-messageformat';
import { languages } from '../known-errors/catalogue.ts';
import type { Language } from '../known-errors/catalogue.ts';
import type { Instant } from '../time.ts';
import { messages } from './messages.ts';
import type { MessageKey } from './messages.ts';

/** What stands in the placeholders of a message. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** English as dates and times are written in Europe: day before month, 24 hours. */
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', nl: 'nl', de: 'de', fr: 'fr' };

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** The largest unit of which there are at least as many as given here, as people say it. */
const ages = [
  { unit: 'day', ms: dayMs, from: 2 * dayMs },
  { unit: 'hour', ms: hourMs, from: 2 * hourMs },
  { unit: 'minute', ms: minuteMs, from: 2 * minuteMs },
  { unit: 'second', ms: secondMs, from: 0 },
] as const;

/** Sentences, numbers, money and times in one language. Formats are made at their first use, and kept. */
export class Translator {
  readonly language: Language;
  readonly #locale: string;
  readonly #messages = new Map<MessageKey, IntlMessageFormat>();
  readonly #dates = new Map<string, Intl.DateTimeFormat>();
  readonly #money = new Map<string, Intl.NumberFormat | null>();
  readonly #numbers: Intl.NumberFormat;
  readonly #ages: Intl.RelativeTimeFormat;

  constructor(language: Language) {
    this.language = language;
    this.#locale = locales[language];
    this.#numbers = new Intl.NumberFormat(this.#locale);
    this.#ages = new Intl.RelativeTimeFormat(this.#locale, { numeric: 'always', style: 'short' });
  }

  text(key: MessageKey, values: MessageValues = {}): string {
    const found = this.#messages.get(key) ?? this.#compiled(key);
    return String(found.format(values));
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** @param amount an exact decimal number, which stays exact. @param currency '' when unknown. */
  money(amount: string, currency: string): string {
    const format = this.#moneyFormat(currency);
    // `format` takes a decimal text exactly; TypeScript's type knows numeric literals alone.
    const text = (format ?? this.#numbers).format(amount as `${number}`);
    return format === null && currency !== '' ? `${currency} ${text}` : text;
  }

  /** `14:02`, before today with the day: `Mon 23 Nov, 14:02`, in another year with that too. */
  time(at: Instant, timezone: string, now: Instant): string {
    const day = (instant: Instant) => this.#date('day', timezone).format(instant);
    if (day(at) === day(now)) return this.#date('time', timezone).format(at);
    const isNear = Math.abs(now - at) < 300 * dayMs;
    return this.#date(isNear ? 'near' : 'far', timezone).format(at);
  }

  /** Date and time to the second. */
  exactTime(at: Instant, timezone: string): string {
    return this.#date('exact', timezone).format(at);
  }

  /** Date and time to the minute. */
  minuteTime(at: Instant, timezone: string): string {
    return this.#date('minute', timezone).format(at);
  }

  /** `5 min ago`, `in 2 hr`. */
  age(at: Instant, now: Instant): string {
    const elapsed = at - now;
    const { unit, ms } = ages.find(({ from }) => Math.abs(elapsed) >= from) ?? ages[3];
    const count = Math.round(elapsed / ms);
    return this.#ages.format(Object.is(count, 0) ? -0 : count, unit);
  }

  /** `1 h 5 min`: the two largest units. @param ms milliseconds, 0 or more. */
  duration(ms: number): string {
    const index = ages.findIndex((age) => ms >= age.ms);
    const [large, small] = index === -1 ? [ages[3]] : [ages[index] ?? ages[3], ages[index + 1]];
    const counts = [
      { unit: large.unit, count: Math.floor(ms / large.ms) },
      ...(small === undefined ? [] : [{ unit: small.unit, count: Math.floor((ms % large.ms) / small.ms) }]),
    ];
    return counts
      .filter(({ count }, position) => count > 0 || position === 0)
      .map(({ unit, count }) =>
        new Intl.NumberFormat(this.#locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count),
      )
      .join(' ');
  }

  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.#locale, { type: 'conjunction' }).format(items);
  }

  #compiled(key: MessageKey): IntlMessageFormat {
    const made = new IntlMessageFormat(messages[key][this.language], this.#locale, undefined, {
      ignoreTag: true,
    });
    this.#messages.set(key, made);
    return made;
  }

  /** `null`: no code of a currency. The texts come from databases, so that only as many as there are currencies are kept. */
  #moneyFormat(currency: string): Intl.NumberFormat | null {
    if (!/^[A-Z]{3}$/.test(currency)) return null;
    const known = this.#money.get(currency);
    if (known !== undefined) return known;
    const made = new Intl.NumberFormat(this.#locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'code',
    });
    this.#money.set(currency, made);
    return made;
  }

  #date(style: 'day' | 'time' | 'near' | 'far' | 'minute' | 'exact', timeZone: string): Intl.DateTimeFormat {
    const key = `${style} ${timeZone}`;
    const known = this.#dates.get(key);
    if (known !== undefined) return known;
    const made = new Intl.DateTimeFormat(this.#locale, { timeZone, ...dateStyles[style] });
    this.#dates.set(key, made);
    return made;
  }
}

const clock = { hour: '2-digit', minute: '2-digit' } as const;
const dateStyles = {
  day: { year: 'numeric', month: 'numeric', day: 'numeric' },
  time: clock,
  near: { weekday: 'short', day: 'numeric', month: 'short', ...clock },
  far: { year: 'numeric', day: 'numeric', month: 'short', ...clock },
  minute: { dateStyle: 'medium', timeStyle: 'short' },
  exact: { dateStyle: 'medium', timeStyle: 'medium' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** One translator for each language. */
export function createTranslators(): ReadonlyMap<Language, Translator> {
  return new Map(languages.map((language) => [language, new Translator(language)]));
}
