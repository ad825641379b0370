import type { Instant } from '../../time.ts';
import type { MonitorStateName } from '../../judgement.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const stateWords: Readonly<Record<MonitorStateName, string>> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  no_data: 'No data',
  maintenance: 'Maintenance',
  closed: 'Closed',
};

/** The state as a word on its colour. */
export function badge(state: MonitorStateName): Html {
  return html`<span class="state ${state}">${stateWords[state]}</span>`;
}

function age(from: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.round((now - from) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** Date and time of day in a zone. */
export function wallTime(at: Instant, timezone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: timezone,
  }).format(at);
}

/** An instant as its age, with the exact time in a zone on hovering. */
export function timeAgo(at: Instant, now: Instant, timezone: string): Html {
  const exact = `${wallTime(at, timezone)} (${timezone})`;
  return html`<time datetime="${new Date(at).toISOString()}" title="${exact}">${age(at, now)}</time>`;
}
