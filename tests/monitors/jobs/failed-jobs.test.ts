import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { MemoryDatabase, hour, minute, now, observe } from '../run.ts';

const at = (ms: number) => new Date(ms);
const dialog = 'Posting Date is not within your range';

async function run(rows: readonly Row[], settings: Readonly<Record<string, unknown>> = {}) {
  const reading = await observe(jobs, { query: 'Q', ...settings }, new MemoryDatabase({ Q: rows }), {
    classify: ({ message }) =>
      message.includes(dialog)
        ? { error: 'closed-period', category: 'period', known: true, responder: 'it', retryWaitMs: 0 }
        : { error: 'unknown-0', category: 'unknown', known: false, responder: '', retryWaitMs: 0 },
  });
  const failed = reading.samples
    .filter(({ family }) => family.name === 'erp_failed_job_timestamp_seconds')
    .map(({ labels, value }) => ({ ...labels, value }));
  return { failed, statuses: reading.statuses };
}

describe('a failed job', () => {
  it('is a series with the error of its last run, its class, and when it ended', async () => {
    const rows = [
      { job: 'J', status: 'failed', started: at(now - hour), finished: at(now - 50 * minute), error: dialog },
      { job: 'J', status: 'failed', started: at(now - 3 * hour), finished: null, error: 'an older one' },
      { job: 'K', status: 'ok', started: at(now), finished: at(now), error: null },
    ];
    expect((await run(rows)).failed).toEqual([
      {
        ...{ job_name: 'J', error: 'closed-period', category: 'period', known: 'true', responder: 'it' },
        ...{ message: dialog, since: '2026-11-21 10:10', value: (now - 50 * minute) / 1000 },
      },
    ]);
  });

  it('has no class without an error, and no time where nothing tells it', async () => {
    const none = { error: '', category: '', known: '', responder: '', message: '', since: '' };
    expect((await run([{ job: 'J', status: 'failed' }])).failed).toEqual([
      { job_name: 'J', ...none, value: Number.NaN },
    ]);
  });

  it('shows of a stack trace the line that tells, wherever it stands', async () => {
    const trace = `Traceback (most recent call last):\n${'  File "a.py", line 1, in x\n    y()\n'.repeat(300)}ValueError: ${dialog}`;
    const [failed] = (await run([{ job: 'J', status: 'failed', error: trace }])).failed;
    expect(failed).toMatchObject({ error: 'closed-period', message: `ValueError: ${dialog}` });
  });

  it('has its error masked and cut, in the series and the status, unless mask is false', async () => {
    const row = { job: 'J', status: 'failed', error: `anna@acme.example ${'e'.repeat(1000)}` };
    const masked = await run([row]);
    expect(JSON.stringify(masked)).not.toContain('anna@acme.example');
    expect(masked.failed[0]).toMatchObject({ message: expect.stringMatching(/^.{199}…$/u) as unknown });
    const plain = await run([row], { mask: false });
    expect(plain.failed[0]).toMatchObject({
      message: expect.stringContaining('anna@acme.example') as unknown,
    });
    expect(plain.statuses[0]?.text).toContain('anna@acme.example');
  });
});
