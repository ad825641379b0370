import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Dashboard } from '@grafana/schema';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { fontEnvironment } from '../../../tests/helpers/chromium.ts';
import { requireProgram } from '../../../tests/helpers/real.ts';
import type { Inspected } from '../browser/inspect.ts';
import type { Render } from '../browser/main.ts';
import type { Recording } from './results/answers.ts';

declare global {
  interface Window {
    readonly render: Render;
  }
}

export type Mode = 'dark' | 'light';
export const screenWidth = 1600;
const address = 'http://render.invalid/';
const html =
  '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css"><link rel="stylesheet" href="style.css"><body><script src="page.js"></script>';

/** Bundles the page: its script and its style. */
async function bundled(): Promise<ReadonlyMap<string, string>> {
  const entry = (name: string): string => fileURLToPath(new URL(`../browser/${name}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { page: entry('main.ts'), style: entry('style.css') },
    outdir: '.',
    bundle: true,
    write: false,
    format: 'iife',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.woff2': 'dataurl', '.woff': 'empty', '.svg': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path, text }) => [path.replace(/.*[/\\]/, ''), text]));
}

/** A Chromium that shows dashboards. */
export interface Screen {
  /** Draws a dashboard as it looked at the moment of the recording, and waits until nothing moves any more. */
  show(dashboard: Dashboard, recording: Recording, mode: Mode): Promise<Inspected[]>;
  /** Writes a picture of the whole dashboard. */
  picture(path: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Waits until two looks at the page see the same. What lies below the window's edge is not drawn, hence the window is made
 * as high as the dashboard.
 */
async function settled(page: Page): Promise<Inspected[]> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  let before = '';
  for (let looks = 0; looks < 40; looks += 1) {
    await page.waitForTimeout(400);
    const height = await page.evaluate(() => document.querySelector('main')?.clientHeight ?? 0);
    await page.setViewportSize({ width: screenWidth, height: Math.max(height, 200) });
    const now = await page.evaluate(() => window.render.inspect());
    if (height > 0 && JSON.stringify(now) === before) return now;
    before = JSON.stringify(now);
  }
  throw new Error('the page does not come to rest');
}

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
];

export async function openScreen(): Promise<Screen> {
  const files = await bundled();
  const executablePath = requireProgram('chromium');
  const browser = await chromium.launch({ executablePath, args: quiet, env: fontEnvironment() });
  const page = await browser.newPage({
    viewport: { width: screenWidth, height: 1000 },
    reducedMotion: 'reduce',
  });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const body = name === '' ? html : files.get(name);
    const contentType = name === '' ? 'text/html' : name.endsWith('.css') ? 'text/css' : 'text/javascript';
    return body === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ body, contentType });
  });
  await page.goto(address);
  return {
    async show(dashboard, recording, mode) {
      await page.clock.setFixedTime(recording.time * 1000);
      await page.evaluate(
        ([shown, answers, look, width]) => window.render.draw(shown, answers, look, width),
        [dashboard, recording, mode, screenWidth] as const,
      );
      const inspected = await settled(page);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      return inspected;
    },
    async picture(path) {
      await page.screenshot({ path, fullPage: true });
    },
    close: () => browser.close(),
  };
}
