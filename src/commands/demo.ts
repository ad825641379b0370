import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo } from '../demo/demo.ts';
import { serve } from './serve.ts';
import type { ServeOptions, Serving } from './serve.ts';

/** The demo's configuration: an ordinary file, to be read and copied from. */
const demoConfig = fileURLToPath(new URL('../../config/demo.yml', import.meta.url));

function introduction(url: string): readonly string[] {
  return [
    '',
    `  Page:          ${url}/`,
    `  Metrics:       ${url}/metrics`,
    `  Configuration: ${demoConfig}`,
    '  Ctrl-C ends the demo. Events:',
    '',
  ];
}

/**
 * Serves a simulated shop and ERP on an embedded database.
 *
 * @param write receives each line, without its newline.
 */
export async function demo(
  options: Omit<ServeOptions, 'file'> & {
    readonly write: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<Serving> {
  const { write, signal, env } = options;
  const world = await startDemo({ log: write, signal });
  // What remedies have tried is of no use to the next demo, in which the same numbers are other documents.
  const folder = await mkdtemp(join(tmpdir(), 'erp-exporter-demo-'));
  const stopWorld = async () => {
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const serving = await serve({
      ...options,
      file: demoConfig,
      env: {
        ...env,
        SHOP_URL: world.shopUrl,
        ERP_URL: world.erpUrl,
        RELAUNCH_URL: world.relaunchUrl,
        STATE_FILE: join(folder, 'state.db'),
      },
    });
    for (const line of introduction(serving.urls[0] ?? '')) write(line);
    return {
      urls: serving.urls,
      reload: () => serving.reload(),
      stop: async () => {
        await Promise.all([serving.stop(), world.stop()]);
        await stopWorld();
      },
    };
  } catch (error) {
    await stopWorld();
    throw error;
  }
}
