import { setTimeout as delay } from 'node:timers/promises';
import { fetchRaw } from './http.ts';

/** Scrapes like Prometheus, with gzip, every `every` seconds, in the middle of each interval, for `seconds`. */
export async function scrapeRegularly(url: string, every: number, seconds: number): Promise<void> {
  const begin = performance.now();
  for (let due = every / 2; due < seconds; due += every) {
    await delay(Math.max(0, begin + due * 1000 - performance.now()));
    const { status } = await fetchRaw(url, true);
    if (status !== 200) throw new Error(`${url} answered ${status}`);
  }
  await delay(Math.max(0, begin + seconds * 1000 - performance.now()));
}
