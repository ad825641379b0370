import type { Config } from '../config/config.ts';
import type { ReportedCompany } from './build.ts';

/** A company with its monitors, as a report needs them. */
export function reportedCompany(
  name: string,
  { companies, monitors, timezone }: Pick<Config, 'companies' | 'monitors' | 'timezone'>,
): ReportedCompany {
  const company = companies.get(name);
  return {
    name,
    title: company?.title ?? name,
    timezone: company?.timezone ?? timezone,
    monitors: monitors
      .filter((monitor) => monitor.companies.includes(name))
      .map(({ flow, name: monitor, calendar }) => ({ flow, monitor, calendar })),
  };
}
