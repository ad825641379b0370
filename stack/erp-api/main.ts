/** The program of the container `erp-api`: interfaces that answer correctly most of the time, and sometimes fail. */
import { createServer } from 'node:http';
import { erpApi } from './api.ts';
import type { Behaviour } from './api.ts';

/** The schedule of the demo: the behaviour from each minute of the hour on. */
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
