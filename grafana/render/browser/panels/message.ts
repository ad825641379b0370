import type { Panel } from '@grafana/schema';
import type { ReactElement } from 'react';
import { createElement } from 'react';

/** What stands in a panel that has nothing to show. */
export function message({ fieldConfig }: Panel): ReactElement {
  return createElement('div', { className: 'nothing' }, fieldConfig?.defaults.noValue ?? 'No data');
}
