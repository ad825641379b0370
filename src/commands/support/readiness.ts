/** What `/-/ready` answers. @param untried monitors that have not completed a run yet. */
export function readinessOf(
  isStopping: boolean,
  untried: number,
): { readonly ready: boolean; readonly text: string } {
  if (isStopping) return { ready: false, text: 'erp-exporter is shutting down.' };
  if (untried === 0) return { ready: true, text: 'erp-exporter is ready.' };
  const waiting = untried === 1 ? '1 monitor has' : `${untried} monitors have`;
  return { ready: false, text: `erp-exporter is not ready: ${waiting} not completed a run yet.` };
}
