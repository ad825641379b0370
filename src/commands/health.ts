import { request } from 'node:http';

export interface HealthOptions {
  /** Of `abstractSocketPath`. */
  readonly socketPath: string;
  /** Whether every monitor has been tried as well, not only whether the process lives. */
  readonly ready: boolean;
  readonly write: (line: string) => void;
}

const timeoutMs = 4000;

/** Asks. @throws Error when nobody answers in time. */
function ask(socketPath: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      answer.setEncoding('utf8');
      let text = '';
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/**
 * Asks the erp-exporter of this machine how it is, whatever port, TLS, password and prefix it serves with.
 *
 * @returns the exit code: 0 when it is well, 1 when it is not or does not answer.
 */
export async function health({ socketPath, ready, write }: HealthOptions): Promise<number> {
  try {
    const { status, text } = await ask(socketPath, ready ? '/-/ready' : '/-/healthy');
    write(text);
    return status === 200 ? 0 : 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The name of an abstract socket begins with a zero byte, which people write as @.
    write(`erp-exporter does not answer: ${reason.replaceAll('\0', '@')}`);
    return 1;
  }
}
