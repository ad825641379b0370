/** The program of the container `traffic`. It exits at the first error; a restart begins the simulation again. */
import { writeFileSync } from 'node:fs';
import { connectPostgres, connectSqlServer } from './sides.ts';
import { runTraffic } from './traffic.ts';

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
const fail = (error: unknown): void => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
};

try {
  const shop = await connectPostgres(setting('SHOP_URL'), fail);
  const erp = await connectSqlServer(
    { server: setting('ERP_HOST'), user: 'link', password: setting('ERP_PASSWORD') },
    fail,
  );
  const alive = setting('ALIVE_FILE');
  await runTraffic({
    ...{ shop, erp, signal: stopping.signal },
    log: (line) => console.log(line),
    onTick: () => writeFileSync(alive, ''),
  });
  await Promise.all([shop.close(), erp.close()]);
} catch (error) {
  fail(error);
}
