import { afterAll, beforeAll, describe } from 'vitest';
import type { Facts, Subject } from '../contract.ts';
import { canonical } from './canonical.ts';
import { ComparisonScene } from './comparison-scene.ts';
import { finding } from './finding.ts';
import { running } from './running.ts';
import { summing } from './summing.ts';

/**
 * What the comparison of every driver must do, as tests. Call it inside a `describe`, after the `beforeAll` that starts the
 * server; `subject` is asked for when the tests run. It uses of `facts` the types, the statements and `cancel`.
 */
export function comparisonContract(facts: Facts, subject: () => Subject): void {
  describe('the contract of a comparison', () => {
    let scene: ComparisonScene | undefined;
    const get = (): ComparisonScene => {
      if (scene === undefined) throw new Error('the scene has not been set');
      return scene;
    };

    beforeAll(async () => {
      scene = new ComparisonScene(facts, subject());
      await scene.createGolden();
    });
    afterAll(() => scene?.database.close());

    canonical(get);
    summing(get);
    finding(get);
    running(get);
  });
}
