import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { Simulation } from '../../src/demo/simulation.ts';
import type { Classifier } from '../../src/known-errors/classify.ts';
import { createClassifier } from '../../src/known-errors/classify.ts';
import { Stage } from './stage.ts';

const start = Date.UTC(2026, 10, 21, 9, 30);
const second = 1000;

/** What a stranger gives the demo before leaving again, in seconds. */
const attention = 120;

interface Failed {
  readonly flow: 'orders' | 'emails';
  readonly record: string;
  readonly message: string;
  readonly code: string;
}

const failedNow = `
  SELECT 'orders' AS flow, order_number AS record, error_message AS message, error_code AS code
  FROM web_orders WHERE export_state = 'failed'
  UNION ALL
  SELECT 'emails', email_id::text, error_message, error_code FROM outgoing_emails WHERE status = 'bounced'`;

describe('the first two minutes', () => {
  let stage: Stage;
  let classifier: Classifier;
  beforeAll(async () => {
    stage = await Stage.open();
    const { catalogue } = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
    classifier = createClassifier(catalogue);
  }, 60_000);
  beforeEach(async () => stage.clear());
  afterAll(async () => stage.database.close());

  /** What is open at each look, every five seconds, and all that was told. */
  const watch = async (seed: number) => {
    const simulation = new Simulation({ now: start, seed });
    stage.add(simulation.history());
    const looks: (readonly Failed[])[] = [await stage.rows<Failed>(failedNow)];
    const lines: string[] = [];
    for (let elapsed = 1; elapsed <= attention; elapsed += 1) {
      const events = simulation.step(start + elapsed * second);
      stage.add(events);
      lines.push(...events.lines);
      if (elapsed % 5 === 0) looks.push(await stage.rows<Failed>(failedNow));
    }
    return { looks, lines };
  };

  const classOf = ({ flow, message, code }: Failed): string =>
    classifier.classify({ flow, message, code }).error;

  it.each([20, 1, 2, 3, 4, 5])(
    'show an unknown error, a mail server that refuses, and a recovery, by seed %i',
    async (seed) => {
      const { looks, lines } = await watch(seed);
      const unknown = looks.map((open) => open.filter((failed) => classOf(failed).startsWith('unknown-')));
      expect(unknown.every((open) => open.length > 0)).toBe(true);

      const refused = looks.map((open) => open.filter(({ code }) => code === 'smtp:554'));
      expect(Math.max(...refused.map((open) => open.length))).toBeGreaterThanOrEqual(3);
      expect(new Set(refused.flat().map(classOf))).toEqual(new Set(['smtp-connect']));
      expect(refused.at(0)).toEqual([]);
      expect(refused.at(-1)).toEqual([]);
      const numbers = [...new Set(refused.flat().map(({ record }) => record))];
      const sent = await stage.rows<{ record: string }>(
        `SELECT email_id::text AS record FROM outgoing_emails WHERE status = 'sent' AND email_id IN (${numbers.join()})`,
      );
      expect(new Set(sent.map(({ record }) => record))).toEqual(new Set(numbers));

      expect(lines).toContain('globex: the mail server refuses every e-mail');
      expect(lines).toContain('globex: the mail server takes e-mails again');
    },
    60_000,
  );
});
