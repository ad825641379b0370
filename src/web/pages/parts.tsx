import type { MonitorStateName } from '../../judgement.ts';
import type { Instant } from '../../time.ts';

const stateWords: Readonly<Record<MonitorStateName, string>> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  no_data: 'No data',
  maintenance: 'Maintenance',
  closed: 'Closed',
};

/** The state as a word on its colour. */
export function Badge({ state }: { readonly state: MonitorStateName }) {
  return <span class={`state ${state}`}>{stateWords[state]}</span>;
}

/** A link, or its text alone when the address is neither a web address nor a path: a browser would run `javascript:`. */
export function SafeLink({ address, text }: { readonly address: string; readonly text: string }) {
  const isSafe = /^https?:\/\//i.test(address) || /^\/(?![/\\])/.test(address);
  return isSafe ? <a href={address}>{text}</a> : <>{text}</>;
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

interface TimeProps {
  readonly at: Instant;
  readonly now: Instant;
  readonly timezone: string;
}

/** An instant as its age, with the exact time in a zone on hovering. */
export function TimeAgo({ at, now, timezone }: TimeProps) {
  return (
    <time datetime={new Date(at).toISOString()} title={`${wallTime(at, timezone)} (${timezone})`}>
      {age(at, now)}
    </time>
  );
}
