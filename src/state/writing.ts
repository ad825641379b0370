/**
 * Wraps writes to the state file. A full disk must not stop the monitors: it is reported once, and what is remembered lives on
 * in the process.
 *
 * @param onError called for the first of several writes in a row that failed.
 * @returns a function that runs a write and returns whether it succeeded.
 */
export function createWriting(onError: (error: Error) => void): (write: () => void) => boolean {
  let isBroken = false;
  return (write) => {
    try {
      write();
      isBroken = false;
    } catch (error) {
      if (!isBroken) onError(error instanceof Error ? error : new Error(String(error)));
      isBroken = true;
    }
    return !isBroken;
  };
}
