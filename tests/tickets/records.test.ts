import { expect, it } from 'vitest';
import type { RecordRemedy } from '../../src/remedies/board.ts';
import { World, fires, minute, start } from './world.ts';

const tried = (change: Partial<RecordRemedy> = {}): RecordRemedy => ({
  remedy: 'relaunch',
  isDryRun: false,
  tries: 3,
  attempts: 3,
  lastAt: start - 5 * minute,
  lastAnswer: '409',
  standing: { reason: 'exhausted' },
  isAwaited: false,
  ...change,
});
/** Of the remedy, which fires as long as there is a record that it has tried in vain. */
const inVain = (at: number) =>
  fires('', at, { alertname: 'ErpRemedyExhausted', remedy: 'relaunch', known: '', error: '' });

it('a ticket about a remedy names the records that it tried in vain, and how', async () => {
  const world = new World();
  const remedies = new Map([
    ['W-1', tried()],
    ['W-2', tried({ tries: 1, standing: { reason: 'pause' } })],
    ['W-3', tried({ remedy: 'another' })],
  ]);
  world.remediesOf = (_, __, records) =>
    new Map([...remedies].filter(([record]) => records.includes(record)));
  await world.reads('W-1', 'W-2', 'W-3', 'W-4');
  await world.hears(inVain(start));
  await world.works();
  const [ticket] = world.tracker.tickets;
  expect(ticket?.draft.text).toContain('remedy tried in vain');
  expect(ticket?.draft.text).toContain('1. W-1 (');
  expect(ticket?.draft.text).toContain('Remedy: tried 3 times, last at 09:55, answer 409');
  expect(ticket?.draft.text).not.toMatch(/W-[234]/);

  // The next one that it cannot mend is news, although the alert is the same.
  remedies.set('W-2', tried({ lastAnswer: '423' }));
  await world.passes(20 * minute);
  const texts = ticket?.remarks.map(({ text }) => text) ?? [];
  expect(texts).toEqual([expect.stringContaining('W-2')]);
  expect(texts[0]).toContain('answer 423');
  expect(texts[0]).not.toContain('W-1');
});

it('a record says what was tried on it, by the alert where its monitor no longer shows it', async () => {
  const world = new World();
  await world.reads();
  const alert = fires('W-9', start);
  const details = 'call: POST /orders\ntries: 2\ntried: 2026-11-27 09:50\nanswer: 423';
  await world.hears({ ...alert, annotations: { ...alert.annotations, details } });
  await world.works();
  expect(world.tracker.tickets[0]?.draft.text).toContain(
    'Remedy: tried 2 times, last at 2026-11-27 09:50, answer 423',
  );
});
