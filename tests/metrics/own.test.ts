import { expect, it } from 'vitest';
import { createOwnMetrics } from '../../src/metrics/own.ts';

const value = (text: string, name: string) =>
  Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1]);

it('measures the process: no figure stands still at zero', async () => {
  const own = createOwnMetrics('1.2.3');
  for (let round = 0; round < 2e7; round += 1) Math.sqrt(round);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await own.render();
  const text = await own.render();
  const names = [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'process_open_fds',
    'nodejs_heap_size_used_bytes',
    'nodejs_external_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ];
  for (const name of names) expect(value(text, name), name).toBeGreaterThan(0);
  expect(text).toContain(`erp_exporter_build_info{version="1.2.3",nodeversion="${process.version}"} 1\n`);
});

it('puts the environment on every series, and takes it away again', async () => {
  const own = createOwnMetrics('1');
  const bearing = async () => {
    const lines = (await own.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return { all: lines.length, with: lines.filter((line) => line.includes('environment="te\\"st"')).length };
  };
  own.configLoaded(true, 5000);
  expect((await bearing()).with).toBe(0);
  own.setEnvironment('te"st');
  const { all, with: found } = await bearing();
  expect(all).toBeGreaterThan(10);
  expect(found).toBe(all);
  own.setEnvironment('');
  expect((await bearing()).with).toBe(0);
});

it('tells of reloads: a bad one leaves the time of the good one', async () => {
  const own = createOwnMetrics('1');
  own.configLoaded(true, 5000);
  own.configLoaded(false, 9000);
  const text = await own.render();
  expect(value(text, 'erp_config_last_reload_successful')).toBe(0);
  expect(value(text, 'erp_config_last_reload_success_timestamp_seconds')).toBe(5);
});

it('says whether the state file holds everything, and nothing without one', async () => {
  let isWritten: boolean | undefined;
  const own = createOwnMetrics('1', () => isWritten);
  const text = async () => /^erp_state_file_written .*$/m.exec(await own.render())?.[0];
  expect(await text()).toBeUndefined();
  isWritten = false;
  expect(await text()).toBe('erp_state_file_written 0');
  isWritten = true;
  expect(await text()).toBe('erp_state_file_written 1');
  isWritten = undefined;
  expect(await text()).toBeUndefined();
});
