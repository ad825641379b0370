import type { TrackerKind } from './contract.ts';

/** Every make of tracker on another system. */
export const trackerKinds: readonly TrackerKind[] = [];
