import { DatabaseError } from '../contract.ts';
import { unlessAborted } from './aborting.ts';

/**
 * Keeps the sessions of a database from trying the same wrong password all at once, which could lock its account: until one
 * has logged in they log in one after another, and a refusal counts for all that wait.
 */
export class LoginGuard {
  #isAccepted = false;
  /** The login under way; it ends with the refusal, if it is refused. */
  #first: Promise<DatabaseError | undefined> | undefined;

  /** What `login` resolves with. @throws what it throws; the refusal of another login that was waited for. */
  async open<Session>(login: () => Promise<Session>, signal: AbortSignal): Promise<Session> {
    while (!this.#isAccepted && this.#first !== undefined) {
      const refusal = await unlessAborted(this.#first, signal);
      if (refusal !== undefined) throw refusal;
    }
    return this.#isAccepted ? this.#logIn(login) : this.#logInFirst(login);
  }

  async #logIn<Session>(login: () => Promise<Session>): Promise<Session> {
    try {
      const session = await login();
      this.#isAccepted = true;
      return session;
    } catch (error) {
      if (isRefusal(error)) this.#isAccepted = false;
      throw error;
    }
  }

  async #logInFirst<Session>(login: () => Promise<Session>): Promise<Session> {
    const outcome = Promise.withResolvers<DatabaseError | undefined>();
    this.#first = outcome.promise;
    let refusal: DatabaseError | undefined;
    try {
      return await this.#logIn(login);
    } catch (error) {
      if (isRefusal(error)) refusal = error;
      throw error;
    } finally {
      this.#first = undefined;
      outcome.resolve(refusal);
    }
  }
}

function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.kind === 'login';
}
