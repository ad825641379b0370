import { expect, it, vi } from 'vitest';
import { TrackerError } from '../../src/tickets/contract.ts';
import { World, fires, minute, resolved, start } from './world.ts';

async function opened(): Promise<World> {
  const world = new World();
  await world.reads('W-1');
  await world.hears(fires('W-1', start));
  await world.works();
  expect(world.tracker.open).toHaveLength(1);
  return world;
}

it('writes the remark that is missing where an attempt to close was cut short after the state', async () => {
  const world = await opened();
  const { tracker } = world;
  const [ticket] = tracker.tickets;
  const close = vi.spyOn(tracker, 'close').mockImplementationOnce(() => {
    if (ticket !== undefined) ticket.state = 'closed';
    return Promise.reject(new TrackerError('retry', 'the connection broke'));
  });
  await world.reads();
  await world.hears(resolved(fires('W-1', start), world.now));
  await world.passes(60 * minute);
  expect(close).toHaveBeenCalledTimes(2);
  expect(ticket).toMatchObject({ state: 'closed' });
  expect(ticket?.remarks.map(({ text }) => text)).toEqual([expect.stringContaining('Recovered at')]);
});

it('says nothing more where a person has closed it meanwhile', async () => {
  const world = await opened();
  const { tracker } = world;
  const [ticket] = tracker.tickets;
  vi.spyOn(tracker, 'close').mockImplementationOnce(() => {
    tracker.person(ticket?.id ?? '', 'closed');
    return Promise.reject(new TrackerError('retry', 'no answer'));
  });
  await world.reads();
  await world.hears(resolved(fires('W-1', start), world.now));
  await world.passes(60 * minute);
  expect(ticket?.remarks).toEqual([]);
});

it('counts a step once, also where another replica changes the ticket while it ends', async () => {
  const world = new World();
  await world.reads('W-1');
  await world.hears(fires('W-1', start));
  const settle = world.store.settle.bind(world.store);
  const crossed = vi.spyOn(world.store, 'settle').mockImplementationOnce(async (...given) => {
    await world.hears(fires('W-2', start));
    return settle(...given);
  });
  await world.works();
  expect(await crossed.mock.results[0]?.value).toBe('conflict');
  await world.passes(10 * minute);
  expect(world.tracker.tickets).toHaveLength(1);
  expect(world.sample('erp_ticket_actions_total', { action: 'create' })).toBe(1);
});
