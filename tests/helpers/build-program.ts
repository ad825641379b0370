import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const run = promisify(execFile);

/** Compiles the sources of the project at `root` into its folder `folder`. */
export type Compile = (root: string, folder: string) => Promise<void>;

/** Vitest's global set-up: many suites run the built program, and none of them may run an old one. */
export default async function setup(project: TestProject): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await buildProgram(root, compile);
  project.onTestsRerun(() => buildProgram(root, compile));
}

/**
 * Makes `dist` of the project at `root`, unless it is newer than what it is made of. Several processes may ask at once: one
 * builds, the others wait for it, and programs that run meanwhile keep a whole `dist`.
 *
 * @throws Error with the compiler's output; `dist` stays as it was.
 */
export async function buildProgram(root: string, compileInto: Compile): Promise<void> {
  if (await isFresh(root)) return;
  const unlock = await lock(root);
  try {
    if (!(await isFresh(root))) await replace(root, compileInto);
  } finally {
    await unlock();
  }
}

/** What the compiler answers when types are wrong and it wrote its results nevertheless. */
const wroteWithErrors = 2;

async function compile(root: string, folder: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['-p', 'tsconfig.build.json', '--outDir', folder];
  try {
    await run(process.execPath, [compiler, ...options], { cwd: root });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stdout' in error)) throw error;
    const output = String(error.stdout);
    if (error.code !== wroteWithErrors)
      throw new Error(`the program cannot be built:\n${output}`, { cause: error });
    // Types are the matter of `npm run typecheck`; suites can be run in the middle of a change.
    process.stderr.write(`The program was built with wrong types:\n${output}`);
  }
  // As `npm run build` does: npm makes it executable only when it first links it.
  await chmod(resolve(root, folder, 'main.js'), 0o755);
}

/** How the names of sources end: pages are written in JSX. */
const source = /\.tsx?$/;

/** Each source has its result, not older than itself or the settings, and no result is of a source that has gone. */
async function isFresh(root: string): Promise<boolean> {
  const sources = (await filesIn(join(root, 'src'))).filter((name) => source.test(name));
  const results = (await filesIn(join(root, 'dist'))).filter((name) => name.endsWith('.js'));
  const expected = sources.map((name) => name.replace(source, '.js'));
  if (results.length === 0 || results.toSorted().join() !== expected.toSorted().join()) return false;
  const settings = await Promise.all(
    ['tsconfig.json', 'tsconfig.build.json'].map((name) => age(join(root, name))),
  );
  const made = await Promise.all(sources.map((name) => age(join(root, 'src', name))));
  const built = await Promise.all(expected.map((name) => age(join(root, 'dist', name))));
  return built.every((at, index) => at >= Math.max(made[index] ?? Infinity, ...settings));
}

async function filesIn(folder: string): Promise<string[]> {
  return await readdir(folder, { recursive: true }).catch(() => []);
}

async function age(file: string): Promise<number> {
  return (await stat(file)).mtimeMs;
}

async function replace(root: string, compileInto: Compile): Promise<void> {
  const made = `dist.${process.pid}`;
  const [fresh, old, dist] = [join(root, made), join(root, `${made}.old`), join(root, 'dist')];
  const started = new Date();
  try {
    await compileInto(root, made);
    // As old as the start of the build: a source that was edited while it ran is newer.
    for (const name of await filesIn(fresh)) await utimes(join(fresh, name), started, started);
    await rename(dist, old).catch(() => undefined);
    await rename(fresh, dist);
  } finally {
    for (const folder of [fresh, old]) await rm(folder, { recursive: true, force: true });
  }
}

/** Waits for the lock of builds. @returns what gives it back. */
async function lock(root: string): Promise<() => Promise<void>> {
  const folder = join(root, 'node_modules', '.cache');
  const file = join(folder, 'erp-exporter-build.lock');
  await mkdir(folder, { recursive: true });
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (await isAbandoned(file)) await rm(file, { force: true });
      else await delay(100);
    }
  }
}

/** A process that was killed amid a build leaves its lock. One without a number was made this very moment. */
async function isAbandoned(file: string): Promise<boolean> {
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  if (holder === 0) return false;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
