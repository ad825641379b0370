import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { requireProgram } from './real.ts';

/** The environment in which a text is as wide on one machine as on another, whatever fonts it has. */
export function fontEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, FONTCONFIG_FILE: fileURLToPath(new URL('fonts.conf', import.meta.url)) };
}

/** Debian's Chromium, which asks for nothing by itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram('chromium'),
    env: fontEnvironment(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
