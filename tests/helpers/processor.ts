/** Milliseconds of the processor that something takes: on a busy machine the same as on an idle one, unlike those of the clock. */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
