import { expect, it } from 'vitest';
import { BuiltinTracker } from '../../src/tickets/builtin/tracker.ts';
import { hostileKeys } from '../remedies/hostile-keys.ts';
import { keptLabels } from '../../src/tickets/webhook.ts';
import { World, fires, minute, start } from './world.ts';

/** What Alertmanager may say of it. */
const told = (record: string, at: number) => {
  const alert = fires(record, at, keptLabels({ record, error: record }));
  const description = `Record ${record} failed.`;
  const details = `call: ${record}\ncode: ${record}\nmessage: ${record}\nurl: ${record}`;
  return { ...alert, annotations: { ...alert.annotations, description, details } };
};
/** What begins a line, hides or turns around what follows; the line feeds are ours. */
const active = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

it('a hostile key adds no line to a ticket or a comment, and stands as it is', async () => {
  const plainLines = async (record: string) => {
    const world = new World();
    await world.reads(record);
    await world.hears(told(record, start));
    await world.works();
    await world.reads(record, `${record}-2`);
    await world.hears(told(`${record}-2`, world.now));
    await world.passes(20 * minute);
    const [ticket] = world.tracker.tickets;
    await world.store.close();
    return [ticket?.draft.title, ticket?.draft.text, ticket?.remarks[0]?.text].map((text) => text ?? '');
  };
  const usual = await plainLines('10045');
  for (const key of hostileKeys) {
    const [title = '', text = '', remark = ''] = await plainLines(key);
    expect(title).toBe(usual[0]);
    for (const [at, written] of [text, remark].entries()) {
      expect(written).not.toMatch(active);
      // A key that is not there as a text leaves its lines out; none adds one.
      expect(written.split('\n').length).toBeLessThanOrEqual((usual[at + 1] ?? '').split('\n').length);
      expect(Math.max(...written.split('\n').map((line) => line.length))).toBeLessThan(1100);
    }
    const shown = key.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
    expect(text).toContain(`1. ${Array.from(shown).slice(0, 90).join('')}`);
  }
});

it('the built-in tracker keeps it as a text of one ticket', async () => {
  const world = new World();
  const tracker = new BuiltinTracker({ store: world.store, pageUrl: () => '', now: () => world.now });
  for (const [at, key] of hostileKeys.entries()) {
    const text = key.slice(0, 5000);
    const draft = { marker: `m-${at}`, title: text.slice(0, 200), text, isCritical: false, company: 'acme' };
    const { id } = await tracker.create(draft);
    await tracker.comment(id, { marker: `r-${at}`, text });
    expect(id).toBe(String(at + 1));
    expect(await tracker.find(`m-${at}`)).toMatchObject({ id, state: 'open', touched: 'no' });
  }
  await world.store.close();
});
