import type { Reporter, TestModule } from 'vitest/node';

/** Prints, after everything else, which suites were skipped for want of a real component, and how to get it. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = new Set<string>();
    for (const module of modules) {
      for (const suite of module.children.allSuites()) {
        const match = /^(.*) \(needs (.*)\)$/.exec(suite.name);
        if (match !== null) skipped.add(`  ${match[1] ?? ''}\n    to run it: ${match[2] ?? ''}`);
      }
    }
    if (skipped.size === 0) return;
    process.stdout.write(`\nSkipped, for want of a real component:\n${[...skipped].join('\n')}\n`);
  }
}
