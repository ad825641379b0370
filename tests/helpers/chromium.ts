import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { requireProgram } from './real.ts';

/** Debian's Chromium, which asks for nothing by itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram('chromium'),
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
