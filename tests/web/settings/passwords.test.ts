import { expect, it } from 'vitest';
import { Passwords, TooManyPasswordsError } from '../../../src/web/settings/passwords.ts';

const users = new Map([
  ['dave', 'hash of right'],
  ['carol', 'hash of other'],
]);

function counting() {
  const compared: string[] = [];
  const passwords = new Passwords((password, hash) => {
    compared.push(hash);
    return Promise.resolve(hash === `hash of ${password}`);
  });
  return { passwords, compared };
}

it('compares a password once, right or wrong', async () => {
  const { passwords, compared } = counting();
  for (let i = 0; i < 3; i += 1) {
    expect(await passwords.check(users, 'dave', 'right')).toBe(true);
    expect(await passwords.check(users, 'dave', 'wrong')).toBe(false);
  }
  expect(compared).toHaveLength(2);
});

it('takes as long for a user that does not exist, and never lets it in', async () => {
  const { passwords, compared } = counting();
  expect(await passwords.check(users, 'nobody', 'right')).toBe(false);
  expect(await passwords.check(users, 'nobody', 'right')).toBe(false);
  expect(compared).toEqual(['hash of right']);
});

it('keeps the right password while others are guessed', async () => {
  const { passwords, compared } = counting();
  await passwords.check(users, 'dave', 'right');
  for (let i = 0; i < 3000; i += 1) await passwords.check(users, 'dave', `guess ${i}`);
  expect(compared).toHaveLength(3001);
  await passwords.check(users, 'dave', 'right');
  expect(compared).toHaveLength(3001);
});

it('forgets a password when its hash changes', async () => {
  const { passwords } = counting();
  expect(await passwords.check(users, 'dave', 'right')).toBe(true);
  expect(await passwords.check(new Map([['dave', 'hash of new']]), 'dave', 'right')).toBe(false);
  expect(await passwords.check(new Map([['dave', 'hash of new']]), 'dave', 'new')).toBe(true);
});

it('lets only so many wait', async () => {
  let finish: (isRight: boolean) => void = () => {};
  const pending = new Promise<boolean>((resolve) => (finish = resolve));
  const passwords = new Passwords(() => pending);
  const checks = Array.from({ length: 32 }, (_, i) => passwords.check(users, 'dave', `guess ${i}`));
  await expect(passwords.check(users, 'dave', 'one more')).rejects.toThrow(TooManyPasswordsError);
  // The same again waits with the first.
  const same = passwords.check(users, 'dave', 'guess 0');
  finish(false);
  expect(await Promise.all([...checks, same])).toEqual(Array.from({ length: 33 }, () => false));
});
