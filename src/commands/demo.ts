import { fileURLToPath } from 'node:url';
import { startDemo } from '../demo/demo.ts';
import { serve } from './serve.ts';
import type { ServeOptions, Serving } from './serve.ts';

/** The demo's configuration: an ordinary file, to be read and copied from. */
const demoConfig = fileURLToPath(new URL('../../config/demo.yml', import.meta.url));

/**
 * Serves a simulated shop and ERP on two embedded databases.
 *
 * @param write receives each line for the person who watches.
 */
export async function demo(
  options: Omit<ServeOptions, 'file'> & {
    readonly write: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<Serving> {
  const { write, signal, env } = options;
  const world = await startDemo({ log: write, signal });
  try {
    const serving = await serve({
      ...options,
      file: demoConfig,
      env: { ...env, SHOP_URL: world.shopUrl, ERP_URL: world.erpUrl },
    });
    const [url] = serving.urls;
    write('');
    write(`  Page:          ${url ?? ''}/`);
    write(`  Metrics:       ${url ?? ''}/metrics`);
    write(`  Configuration: ${demoConfig}`);
    write('  Ctrl-C ends the demo. What happens now:');
    write('');
    return {
      ...serving,
      stop: async () => {
        await Promise.all([serving.stop(), world.stop()]);
      },
    };
  } catch (error) {
    await world.stop();
    throw error;
  }
}
