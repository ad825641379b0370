import type { Values } from './series.ts';
import type { Shop } from './shop.ts';

const job = 'job_name="orders-out"';

/** What else a run exports of the hourly job: when it is due, and what is not known of it. */
export function doubtsOf(shop: Shop): Values {
  return {
    erp_known_jobs: shop.has('jobs are hidden') ? 0 : 2,
    [`erp_since_job_due_seconds{${job}}`]: shop.has('hourly job does not start') ? 8000 : 0,
    'erp_since_job_due_seconds_threshold{severity="warning"}': 900,
    'erp_since_job_due_seconds_threshold{severity="critical"}': 7200,
    ...(shop.has('hourly job never ran') ? { [`erp_job_never_ran{${job}}`]: 1 } : {}),
    ...(shop.has('hourly job is not understood') ? { [`erp_job_last_success_unknown{${job}}`]: 1 } : {}),
  };
}
