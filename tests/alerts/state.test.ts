import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderLive, renderTask } from '../../src/metrics/exposition.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal, findProgram } from '../helpers/real.ts';
import { evaluate, rulesFile } from './support/promtool.ts';
import { scrapedAt, snapshots, taskOf } from './support/snapshots.ts';

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({ expr: z.string(), labels: z.object({ severity: z.string(), responder: z.string() }).partial() }),
      ),
    }),
  ),
});
/** The rules about business processes: those about the monitoring itself go to a responder of their own. */
const rules = ruleFile
  .parse(parse(readFileSync(rulesFile, 'utf8')))
  .groups.flatMap((group) => group.rules)
  .filter(({ labels }) => labels.responder !== 'it')
  .map(({ expr, labels }) => ({ query: expr.replaceAll(/\s+/g, ' ').trim(), severity: labels.severity ?? '' }));

const dayMinutes = 24 * 60;
const scrapedDay = scrapedAt / dayMinutes / 60_000;

/** The one scrape, as promtool's series: nothing before it. */
function inputSeries(text: string): { series: string; values: string }[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const end = line.lastIndexOf(' ');
    return { series: line.slice(0, end), values: `_x${scrapedDay} ${line.slice(end + 1)}` };
  });
}

/** company → the worst severity of the rules that hold there. */
async function alerting(text: string): Promise<Map<string, string>> {
  const stretch = {
    inputSeries: inputSeries(text),
    stepMinutes: dayMinutes,
    minutes: scrapedAt / 60_000,
  };
  const program = findProgram('promtool') ?? '';
  const answers = await evaluate(program, stretch, [...new Set(rules.map(({ query }) => query))]);
  const worst = new Map<string, string>();
  for (const { query, severity } of rules)
    for (const { labels } of answers.get(query) ?? []) {
      const company = labels['company'] ?? '';
      if (worst.get(company) !== 'critical') worst.set(company, severity);
    }
  return worst;
}

describeReal('erp_monitor_state', ['promtool'], () => {
  it('says warning and critical exactly where a shipped rule does', { timeout: 120_000 }, async () => {
    const seed = isNightly ? Date.now() : 1795745493076;
    const drafts = fc.sample(snapshots, { numRuns: 200, seed });
    const tasks: TaskStatus[] = [];
    // One after the other: a comparison measures how long it takes, and must not wait for all others meanwhile.
    for (const [index, draft] of drafts.entries()) tasks.push(await taskOf(draft, `c${index}`));
    const covered = new Set(drafts.flatMap(({ isCovered }, index) => (isCovered ? [`c${index}`] : [])));
    const window = { reason: 'update', isActive: () => true, activeUntil: () => Infinity, covers: (company: string) => covered.has(company) };
    const live = renderLive({ tasks, maintenance: [window], environment: '' }, scrapedAt);
    const text = tasks.map((task) => [...renderTask(task, () => 'en', '').values()].join('')).join('') + live;
    const states = new Map(
      [...live.matchAll(/^erp_monitor_state\{company="(\w+)".*state="(\w+)"\} 1$/gm)].map(
        ([, company = '', state = '']) => [company, state],
      ),
    );
    const rulesSay = await alerting(text);
    const said = tasks.map(({ key, monitor: { kind }, reading }) => {
      const rule = rulesSay.get(key) ?? 'none';
      const state = states.get(key) ?? '';
      const agrees = rule === 'none' ? !['warning', 'critical'].includes(state) : state === rule;
      return agrees ? [] : [{ key, kind: kind.kind, rule, state, text: reading?.statuses[0]?.text }];
    });
    expect(said.flat(), `seed ${seed}`).toEqual([]);
    // The comparison is worth something only if each state was among them.
    expect(new Set(states.values())).toEqual(
      new Set(['ok', 'warning', 'critical', 'no_data', 'maintenance', 'closed']),
    );
  });
});
