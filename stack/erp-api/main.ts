/** The program of the container `erp-api`: interfaces that most of the time answer right, and now and then do not. */
import { createServer } from 'node:http';
import { erpApi } from './api.ts';
import type { Behaviour } from './api.ts';

/** The demo's hour: from this minute on it behaves so. */
const hour: readonly (readonly [number, Behaviour])[] = [
  [0, 'right'],
  [10, 'wrong'],
  [16, 'right'],
  [25, 'failing'],
  [31, 'right'],
  [40, 'silent'],
  [46, 'right'],
];

const behaviour = (): Behaviour => {
  const minute = new Date().getUTCMinutes();
  return hour.findLast(([from]) => from <= minute)?.[1] ?? 'right';
};

const server = createServer(
  { requestTimeout: 10_000, headersTimeout: 10_000 },
  erpApi({ behaviour, slowMs: 5000 }),
);
server.listen(Number(process.env['PORT'] ?? 8080));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
