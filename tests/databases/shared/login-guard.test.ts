import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { LoginGuard } from '../../../src/databases/shared/login-guard.ts';
import { kindOf, never } from '../../helpers/fake-sessions.ts';

/** Logins that a test answers one by one. */
function server() {
  const logins: PromiseWithResolvers<string>[] = [];
  const open = (): Promise<string> => {
    const login = Promise.withResolvers<string>();
    logins.push(login);
    return login.promise;
  };
  return { logins, open };
}
const refused = (): DatabaseError => new DatabaseError('login', 'password wrong');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LoginGuard', () => {
  it('tries a password once for all who wait, and again for who comes later', async () => {
    const guard = new LoginGuard();
    const { logins, open } = server();
    const kinds = ['a', 'b', 'c'].map(() => kindOf(guard.open(open, never)));
    await turn();
    expect(logins).toHaveLength(1);
    logins[0]?.reject(refused());
    expect(await Promise.all(kinds)).toEqual(['login', 'login', 'login']);
    expect(logins).toHaveLength(1);
    const later = guard.open(open, never);
    expect(logins).toHaveLength(2);
    logins[1]?.resolve('session');
    expect(await later).toBe('session');
  });

  it('lets all others in at once when the first is accepted', async () => {
    const guard = new LoginGuard();
    const { logins, open } = server();
    const sessions = ['a', 'b', 'c'].map(() => guard.open(open, never));
    await turn();
    logins[0]?.resolve('first');
    await turn();
    expect(logins).toHaveLength(3);
    for (const { resolve } of logins) resolve('other');
    expect(await Promise.all(sessions)).toEqual(['first', 'other', 'other']);
  });

  it('lets the next one try when the first failed for another reason', async () => {
    const guard = new LoginGuard();
    const { logins, open } = server();
    const first = kindOf(guard.open(open, never));
    const second = guard.open(open, never);
    logins[0]?.reject(new DatabaseError('unreachable', 'refused'));
    expect(await first).toBe('unreachable');
    await turn();
    logins[1]?.resolve('session');
    expect(await second).toBe('session');
  });

  it('goes back to one at a time when a password is refused that was accepted before', async () => {
    const guard = new LoginGuard();
    const { logins, open } = server();
    void guard.open(open, never);
    logins[0]?.resolve('session');
    await turn();
    const late = [kindOf(guard.open(open, never)), kindOf(guard.open(open, never))];
    expect(logins).toHaveLength(3);
    for (const { reject } of logins.slice(1)) reject(refused());
    expect(await Promise.all(late)).toEqual(['login', 'login']);
    void kindOf(guard.open(open, never));
    const waiting = kindOf(guard.open(open, never));
    await turn();
    expect(logins).toHaveLength(4);
    logins[3]?.reject(refused());
    expect(await waiting).toBe('login');
  });

  it('gives up waiting when the signal fires', async () => {
    const guard = new LoginGuard();
    const { open } = server();
    void guard.open(open, never);
    const controller = new AbortController();
    const waiting = kindOf(guard.open(open, controller.signal));
    controller.abort();
    expect(await waiting).toBe('aborted');
  });
});
