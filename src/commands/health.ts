import { askHealth } from '../web/server/health-socket.ts';

export interface HealthOptions {
  /** Of `abstractSocketPath`. */
  readonly socketPath: string;
  /** Whether every monitor has been tried as well, not only whether the process lives. */
  readonly ready: boolean;
  readonly write: (line: string) => void;
}

/**
 * Asks the erp-exporter of this machine how it is, whatever port, TLS, password and prefix it serves with.
 *
 * @returns the exit code: 0 when it is well, 1 when it is not or does not answer.
 */
export async function health({ socketPath, ready, write }: HealthOptions): Promise<number> {
  try {
    const { ok, text } = await askHealth(socketPath, ready);
    write(text);
    return ok ? 0 : 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The name of an abstract socket begins with a zero byte, which people write as @.
    write(`erp-exporter does not answer: ${reason.replaceAll('\0', '@')}`);
    return 1;
  }
}
