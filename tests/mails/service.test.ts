import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { languages } from '../../src/known-errors/catalogue.ts';
import { MailError } from '../../src/mails/smtp/contract.ts';
import type { Mail } from '../../src/mails/smtp/contract.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { startMailSink } from './mail-sink.ts';
import type { MailSink } from './mail-sink.ts';
import { day, hour, minute, monday, report, sign, watched, worldOf } from './world.ts';
import type { World } from './world.ts';

let sink: MailSink;
let clock: { now: number; isPrometheusUp?: boolean; questions?: number };
const worlds: World[] = [];
beforeEach(async () => {
  sink = await startMailSink();
  clock = { now: monday - hour };
});
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
  await sink.close();
});

async function started(options: Omit<Parameters<typeof worldOf>[0], 'clock'>): Promise<World> {
  const world = worldOf({ port: sink.port, clock, ...options });
  worlds.push(world);
  await world.service.look();
  return world;
}

/** Waits for something that comes of real connections. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    if (await isSo()) return;
    await delay(20);
  }
  throw new Error('it did not come');
}
const entries = async ({ store }: World) =>
  (await store.entries({ limit: 50 })).map(({ state, attempts, note }) => ({ state, attempts, note }));
const attempted = (world: World, attempts: number) =>
  until(async () => (await entries(world)).some((each) => each.attempts === attempts && each.note !== ''));
const samples = (world: World) =>
  Object.fromEntries(world.service.samples().map(({ family, value }) => [family.name, value * 1000]));

it('sends each recipient one mail at its moment, whatever is looked at or restarted', async () => {
  const plans = [report({ to: ['a@acme.example', 'b@acme.example'] })];
  const world = await started({ plans });
  world.dispatch();
  await world.service.look();
  expect(await entries(world)).toEqual([]);
  clock.now = monday;
  await world.service.look();
  await until(() => sink.mails.length === 2);
  const again = await started({ plans, store: world.store });
  again.dispatch('restarted');
  for (const later of [minute, hour, day]) {
    clock.now = monday + later;
    await world.service.look();
    await again.service.look();
  }
  await delay(200);
  expect(sink.mails.map(({ to }) => to)).toEqual(
    expect.arrayContaining([['a@acme.example'], ['b@acme.example']]),
  );
  expect(sink.mails).toHaveLength(2);
  const [mail] = sink.mails;
  expect(mail?.parsed.subject).toBe('Report 2026-11-16 to 2026-11-22: ACME');
  expect(mail?.parsed.html).toContain('PLANTED-acme');
  expect(mail?.parsed.text).toContain('Report: ACME');
  expect(mail?.parsed.attachments[0]?.filename).toBe('report-2026-11-16-2026-11-22.csv');
  // Both share what Prometheus answered.
  const asked = clock.questions;
  expect(asked).toBeLessThan(60);
  await until(async () => {
    await world.service.look();
    return samples(world)['erp_mail_last_sent_timestamp_seconds'] !== undefined;
  });
  expect(samples(world)['erp_mail_next_timestamp_seconds']).toBe(monday + 7 * day);
});

it('is sent once by two dispatchers and two planners on one state', async () => {
  const store = openSqliteStore(':memory:', { leaseClock: () => performance.now() });
  const plans = [report({ to: Array.from({ length: 12 }, (_, index) => `p${index}@acme.example`) })];
  const one = await started({ plans, store });
  const other = await started({ plans, store });
  clock.now = monday;
  one.dispatch('one');
  other.dispatch('other');
  await Promise.all([one.service.look(), other.service.look(), one.service.look()]);
  await until(() => sink.mails.length >= 12);
  await delay(300);
  expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual([...(plans[0]?.to ?? [])].sort());
  await one.close();
  await other.close();
  worlds.length = 0;
  await store.close();
});

describe('a mail server', () => {
  async function due(): Promise<World> {
    const world = await started({ plans: [report()] });
    clock.now = monday;
    await world.service.look();
    return world;
  }

  it.each(['recipientMoods', 'dataMoods'] as const)('that says 451, then 250: %s', async (moods) => {
    const world = await due();
    sink[moods].push(451, 451);
    world.dispatch();
    await attempted(world, 1);
    expect((await entries(world))[0]?.note).toMatch(/^the mail server did not take the mail: .*451/);
    await until(async () => {
      clock.now += 1000;
      return (await entries(world))[0]?.state === 'done';
    });
    expect(sink.mails).toHaveLength(1);
    expect((await entries(world))[0]).toMatchObject({
      attempts: 3,
      note: expect.stringMatching(/^the mail server took it: 250/) as string,
    });
  });

  it('that refuses for ever is not asked again, and it is told', async () => {
    const world = await due();
    sink.recipientMoods.push(550);
    world.dispatch();
    await until(async () => (await entries(world))[0]?.state === 'refused');
    expect((await entries(world))[0]?.note).toMatch(/^the mail server refuses the mail: .*550/);
    clock.now += day;
    await delay(100);
    expect(sink.sessions()).toBe(1);
    await world.service.look();
    expect(samples(world)['erp_mail_last_failure_timestamp_seconds']).toBe(monday);
  });

  it('that drops the connection before it answers gets a copy that is known for one', async () => {
    const world = await due();
    sink.dataMoods.push('drop');
    world.dispatch();
    await attempted(world, 1);
    clock.now += minute;
    await until(() => sink.mails.length === 2);
    const [first, second] = sink.mails.map(({ parsed }) => parsed);
    expect(first?.messageId).toMatch(/^<erp-exporter\.[0-9a-f]{32}@acme\.example>$/);
    expect(second?.messageId).toBe(first?.messageId);
    expect(second?.date).toEqual(first?.date);
  });

  it('that is away for three days makes the mail expire', async () => {
    const world = await started({ plans: [report()], port: 1 });
    clock.now = monday;
    await world.service.look();
    world.dispatch();
    await attempted(world, 1);
    clock.now = monday + 3 * day + minute;
    await until(async () => (await entries(world))[0]?.state === 'expired');
    await world.service.look();
    expect(samples(world)['erp_mail_last_failure_timestamp_seconds']).toBe(clock.now);
  });

  it('that does not let the exporter in is asked again after ten minutes', async () => {
    const mailer = {
      send: () => Promise.reject(new MailError('login', '535 no')),
      verify: () => Promise.resolve(),
    };
    const world = await started({ plans: [report()], mailer });
    clock.now = monday;
    await world.service.look();
    world.dispatch();
    await attempted(world, 1);
    const [entry] = await world.store.entries({ limit: 1 });
    expect(entry?.state).toBe('waiting');
    expect((entry?.nextTry ?? 0) - monday).toBeGreaterThanOrEqual(10 * minute);
  });
});

it('waits for a Prometheus that is down', async () => {
  clock.isPrometheusUp = false;
  const world = await started({ plans: [report()] });
  clock.now = monday;
  await world.service.look();
  world.dispatch();
  await attempted(world, 1);
  expect((await entries(world))[0]?.note).toBe('prometheus was not read: connection refused');
  expect(sink.sessions()).toBe(0);
  clock.isPrometheusUp = true;
  clock.now += minute;
  await until(() => sink.mails.length === 1);
});

it('sends nothing to an address that was taken out meanwhile', async () => {
  const world = await started({ plans: [report()] });
  clock.now = monday;
  await world.service.look();
  const later = await started({ plans: [report({ to: ['b@acme.example'] })], store: world.store });
  later.dispatch();
  await until(async () => (await entries(later))[0]?.state === 'refused');
  expect((await entries(later))[0]?.note).toBe('the configuration sends it no longer');
  expect(sink.sessions()).toBe(0);
  await later.service.look();
  expect(samples(later)['erp_mail_last_failure_timestamp_seconds']).toBeUndefined();
});

it('tells each recipient about the companies of the mail, and about no other', async () => {
  const names = ['acme', 'bolt', 'globex'];
  const some = (from: readonly string[]) => fc.subarray([...from], { minLength: 1 });
  const plan = fc.record({
    isReport: fc.boolean(),
    companies: some(names),
    to: some(['a@x.example', 'b@x.example', 'c@x.example']),
    language: fc.constantFrom(...languages),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), async (drawn) => {
      const sent: (Mail & { readonly companies: readonly string[] })[] = [];
      const own = { now: monday - hour };
      const plans = drawn.map(({ isReport, ...given }, index) =>
        isReport ? report({ ...given, name: `m${index}` }) : sign({ ...given, name: `m${index}` }),
      );
      const wanted = new Map(
        plans.flatMap((each) => each.to.map((to) => [`${each.name} ${to}`, each] as const)),
      );
      const world = worldOf({
        plans,
        clock: own,
        mailer: {
          send: (mail) => Promise.resolve(void sent.push({ ...mail, companies: [] })).then(() => '250'),
          verify: () => Promise.resolve(),
        },
        tasks: [
          ...names.map((name) => watched(`PLANTED-${name}`, [name], monday - minute)),
          watched('both', names, monday - minute),
        ],
      });
      await world.service.look();
      own.now = monday;
      await world.service.look();
      const stored = await world.store.entries({ limit: 50 });
      expect(stored).toHaveLength(wanted.size);
      for (const entry of stored) {
        const { name, to } = entry.payload as { readonly name: string; readonly to: string };
        const companies: readonly string[] = wanted.get(`${name} ${to}`)?.companies ?? [];
        const before = sent.length;
        await world.service.handler(
          { ...entry, attempts: 1 },
          { signal: AbortSignal.timeout(20_000), now: own.now },
        );
        const mail = sent[before];
        expect(mail?.to).toBe(to);
        const said = JSON.stringify(mail);
        for (const each of names) {
          expect(said.includes(`PLANTED-${each}`)).toBe(companies.includes(each));
          expect(said.includes(each.toUpperCase())).toBe(companies.includes(each));
        }
        expect(entry.company).toBe(companies.length === 1 ? companies[0] : '');
      }
      await world.close();
    }),
    { numRuns: 25 },
  );
});

describe('a sign of life', () => {
  const paged: Partial<Config> = {
    alerting: { notify: [], pageUrl: 'https://m.example/erp' },
    environment: 'test',
  };

  async function sentOf(tasks: Parameters<typeof worldOf>[0]['tasks'], changes = {}): Promise<World> {
    const world = await started({ plans: [sign(changes)], change: paged, tasks: tasks ?? [] });
    clock.now = monday;
    await world.service.look();
    world.dispatch();
    return world;
  }

  it('says what is watched, when it was last read, and what it means when it does not come', async () => {
    await sentOf([
      watched('orders', ['acme'], monday - minute),
      watched('stock', ['acme'], monday - 2 * minute),
    ]);
    await until(() => sink.mails.length === 1);
    const [mail] = sink.mails;
    expect(mail?.parsed.subject).toBe('[test] Monitoring is alive: ACME');
    const text = mail?.parsed.text ?? '';
    expect(text).toContain('2 monitors on 2 flows are watched.');
    expect(text).toContain('Nothing that is read is wrong now.');
    expect(text).toMatch(
      /flow-orders\n +Monitor: +orders\n +State: +Normal\n +Last read: +23 Nov 2026, 05:59\n/,
    );
    expect(text).toContain('The next one is due on 30 Nov 2026, 07:00');
    expect(text).toContain('running since 24 Oct 2026');
    expect(text).toContain('How things stand now: https://m.example/erp');
    expect(text).not.toContain('confirm');
    expect(mail?.parsed.attachments).toEqual([]);
  });

  it('does not say that all is well when something cannot be read, or is wrong', async () => {
    const broken = { ...watched('dead', ['acme'], monday - 2 * hour), reading: null };
    await sentOf([watched('orders', ['acme'], monday - minute, 'critical'), broken]);
    await until(() => sink.mails.length === 1);
    const { subject, text, html } = sink.mails[0]?.parsed ?? {};
    expect(subject).toBe('[test] Monitoring sees only a part: ACME');
    expect(text).toContain('1 of them cannot be read');
    expect(text).toContain('Now 1 of them reports that something is wrong.');
    expect(text).toMatch(/Failed now: +7\n/);
    expect(html).toContain('class="critical"');
  });

  it('waits for monitors that have not run since the start, and then says so', async () => {
    const world = await sentOf([watched('orders', ['acme'], null)]);
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await attempted(world, attempt);
      expect((await entries(world))[0]?.note).toBe('some monitors have not run yet');
      clock.now += 10 * minute;
    }
    await until(() => sink.mails.length === 1);
    expect(sink.mails[0]?.parsed.text).toContain('1 of them cannot be read');
  });

  it('says so when nobody has confirmed in time', async () => {
    const world = await sentOf([watched('orders', ['acme'], monday - minute)], { confirmWithinMs: 6 * day });
    await until(() => sink.mails.length === 1);
    expect(sink.mails[0]?.parsed.text).toMatch(/next by 29 Nov 2026, 07:00: one of you is\s+enough/);
    clock.now = monday + 7 * day;
    await world.service.look();
    await until(() => sink.mails.length === 2);
    expect(sink.mails[1]?.parsed.text).toContain('Nobody has confirmed by 29 Nov 2026, 07:00');
  });

  it.each(languages)('is confirmed by people, in %s', async (language) => {
    const world = await sentOf([watched('orders', ['acme'], monday - minute)], {
      confirmWithinMs: 28 * day,
      language,
    });
    await until(() => sink.mails.length === 1);
    expect(sink.mails[0]?.parsed.text).toContain('https://m.example/erp/signs-of-life');
    await world.service.look();
    expect(samples(world)['erp_sign_of_life_confirm_by_timestamp_seconds']).toBe(monday + 28 * day);
    expect(samples(world)['erp_sign_of_life_confirmed_timestamp_seconds']).toBeUndefined();
    clock.now += day;
    await Promise.all([world.service.confirm('alive', 'eva'), world.service.confirm('alive', 'tom')]);
    await world.service.look();
    await world.service.look();
    expect(samples(world)['erp_sign_of_life_confirm_by_timestamp_seconds']).toBe(monday + 29 * day);
    expect((await world.service.lines())[0]).toMatchObject({
      confirmation: { at: monday + day },
      confirmBy: monday + 29 * day,
    });
  });
});
