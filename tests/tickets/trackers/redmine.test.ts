import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { redmine } from '../../../src/tickets/trackers/redmine.ts';
import { describeRealAtNight } from '../../helpers/real.ts';
import { startRedmine, type RedmineServer } from '../../helpers/redmine/redmine.ts';
import { activeElements } from './active-html.ts';
import { trackerSuite, type Subject } from './contract-suite.ts';
import { colleagueOf, managerOf } from './redmine-colleague.ts';
import { draftOf, faultOf, never, remarkOf, sendTo } from './suite-bench.ts';

type Json = Readonly<Record<string, unknown>>;

/** What people see of a ticket: the pieces of its page that hold texts of the ticket. */
async function pieces(server: RedmineServer, id: string): Promise<readonly string[]> {
  const page = await (await fetch(new URL(`/issues/${id}`, server.url))).text();
  const texts = [...page.matchAll(/<div [^>]*class="wiki[^>]*>(.*?)<\/div>/gs)].map(([, text = '']) => text);
  const subjects = [...page.matchAll(/<div class="subject">(.*?)<\/div>/gs)].map(([, text = '']) =>
    text.replaceAll(/<\/?h3>/g, ''),
  );
  expect(texts.length).toBeGreaterThanOrEqual(2);
  expect(subjects).toHaveLength(1);
  return [...texts, ...subjects];
}

function subjectOf(server: RedmineServer, settings: Json): Subject {
  const call = managerOf(server);
  return {
    url: server.url,
    open: (url, send, secret = server.bridgeKey): Tracker => {
      const tools: TrackerTools = { send, secret: () => Promise.resolve(secret) };
      return redmine.open(
        redmine.settings.parse({ api_key_file: '/key', project: 'erp', ...settings }),
        url,
        tools,
      );
    },
    colleague: colleagueOf(call),
    count: async (title) => {
      const { issues } = await call('GET', '/issues.json?status_id=*&limit=100&sort=id:desc');
      return (issues as readonly Json[]).filter(({ subject }) => subject === title).length;
    },
    remarks: async (id) => {
      const { issue } = await call('GET', `/issues/${id}.json?include=journals`);
      return ((issue as Json)['journals'] as readonly Json[])
        .map(({ notes }) => String(notes))
        .filter(Boolean);
    },
    active: async (id) => (await pieces(server, id)).flatMap(activeElements),
    provocation: '!http://evil.example/x.png! {{toc}} #1 "a":http://evil.example',
    stop: () => server.stop(),
  };
}

describeRealAtNight('Redmine', ['redmine'], () => {
  let server: RedmineServer;
  trackerSuite(async () => {
    server = await startRedmine('textile');
    return subjectOf(server, {});
  });
  const open = (settings: Json = {}, key?: string): Tracker =>
    subjectOf(server, settings).open(server.url, sendTo(server.url), key);
  const issueOf = async (id: string): Promise<Json> =>
    (await managerOf(server)('GET', `/issues/${id}.json?include=journals`))['issue'] as Json;

  describe('its own', () => {
    it('keeps the marker in a custom field', async () => {
      const tracker = open({ marker_field: 1 });
      const draft = draftOf();
      const { id } = await tracker.create(draft, never);
      expect((await tracker.create(draft, never)).id).toBe(id);
      expect((await tracker.find(draft.marker, never))?.id).toBe(id);
      expect(await issueOf(id)).toMatchObject({ custom_fields: [{ id: 1, value: draft.marker }] });
      expect(await tracker.find(draft.marker.slice(0, -1), never)).toBeUndefined();
    });

    it.each<Json>([
      { marker_field: 99 },
      { project: 'nowhere' },
      { tracker: 'Nothing' },
      { critical_priority: 'Nothing' },
    ])('creates nothing with a mistake in the configuration: %j', async (settings) => {
      const draft = draftOf({ isCritical: true });
      expect((await faultOf(open(settings).create(draft, never))).fault).toBe('login');
      expect(await subjectOf(server, {}).count(draft.title)).toBe(0);
    });

    it.each([
      [{}, false, 'Normal', 'Bug'],
      [{}, true, 'High', 'Bug'],
      [{ critical_priority: 'Urgent', tracker: 'Support' }, true, 'Urgent', 'Support'],
      [{ critical_priority: 5, tracker: 2 }, true, 'Immediate', 'Feature'],
    ])('takes %j, critical %s, for %s', async (settings, isCritical, priority, tracker) => {
      const { id } = await open(settings).create(draftOf({ isCritical }), never);
      expect(await issueOf(id)).toMatchObject({ priority: { name: priority }, tracker: { name: tracker } });
    });

    it.each(['Resolved', 'Nothing'])('says nothing where it may not set the status %s', async (status) => {
      const tracker = open({ closed_status: status });
      const { id } = await tracker.create(draftOf(), never);
      expect((await faultOf(tracker.close(id, remarkOf(), never))).fault).toBe('login');
      expect(await tracker.read(id, never)).toMatchObject({ state: 'open', touched: 'no' });
      expect(await issueOf(id)).toMatchObject({ journals: [] });
    });

    it('takes logged time for work, until it opens the ticket again', async () => {
      const tracker = open();
      const { id } = await tracker.create(draftOf(), never);
      const entry = { issue_id: Number(id), hours: 1, activity_id: 8 };
      await managerOf(server)('POST', '/time_entries.json', { time_entry: entry });
      expect(await tracker.read(id, never)).toMatchObject({ touched: 'yes' });
      await tracker.close(id, remarkOf(), never);
      await setTimeout(1100);
      await tracker.reopen(id, remarkOf(), never);
      expect(await tracker.read(id, never)).toMatchObject({ touched: 'no' });
    });

    it('sees a private note, and knows where it may not', async () => {
      const note = { issue: { notes: 'I am on it', private_notes: true } };
      for (const [key, touched] of [
        [server.bridgeKey, 'yes'],
        [server.narrowKey, 'unknown'],
      ] as const) {
        const tracker = open({}, key);
        const { id } = await tracker.create(draftOf(), never);
        // Times are whole seconds: what follows in the same ones cannot be told from the bridge's own.
        await setTimeout(3500);
        await managerOf(server)('PUT', `/issues/${id}.json`, note);
        expect(await tracker.read(id, never)).toMatchObject({ touched });
      }
    });
  });
});
