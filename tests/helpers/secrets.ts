import fc from 'fast-check';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

const of = (alphabet: string, length: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from(alphabet)),
    minLength: length,
    maxLength: length + 16,
  });

/** A random value as generators of passwords, tokens and keys make them. */
export const randomWord = fc.oneof(
  of(letters + digits, 24),
  of(`${digits}abcdef`, 32),
  of(`${letters}${digits}+/`, 40),
  of(`${letters}${digits}-_`, 40),
  of(`${letters}${digits}!@#$%^&*`, 28),
);

/** A URL with any login: its secret is the password, ordinary words included. */
export const loginUrl = fc
  .tuple(
    fc.constantFrom('postgres', 'mysql', 'mssql', 'https', 'amqp'),
    fc.oneof(randomWord, of(`${letters}${digits}@:/?#`, 14)),
  )
  .map(([scheme, secret]) => ({ text: `${scheme}://exporter:${secret}@shop.acme.lan/shop`, secret }));

/** What somebody puts under the wrong key, and what of it must not be seen. */
export const planted = fc.oneof(
  randomWord.map((secret) => ({ text: secret, secret })),
  loginUrl,
);

/** Pieces of a secret that stand in a text, in whatever case: twelve characters are no accident. */
export function leaks(output: string, secret: string): readonly string[] {
  const text = output.toLowerCase();
  const wanted = secret.toLowerCase();
  const pieces = Array.from({ length: wanted.length - 11 }, (_, at) => wanted.slice(at, at + 12));
  return pieces.filter((piece) => text.includes(piece));
}
