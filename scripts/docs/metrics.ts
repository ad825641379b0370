import type { Registry } from 'prom-client';
import type { Family, MonitorKind } from '../../src/monitors/contract.ts';
import {
  companyFamily,
  databaseFamilies,
  knownErrorFamily,
  mailFamilies,
  maintenanceFamily,
  openFamily,
  outboxFamilies,
  remedyFamilies,
  stateFamily,
  statusFamilies,
  ticketFamilies,
} from '../../src/exporter-families.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section(
  title: string,
  intro: string,
  rows: readonly { name: string; type: string; labels: string; help: string }[],
) {
  const lines = rows.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels === '' ? '' : `\`${labels}\``} | ${cell(help)} |`,
  );
  return `## ${title}\n\n${intro}\n\n| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}

const rowOf = ({ name, type, labels, help }: Family) => ({ name, type, labels: labels.join(', '), help });

/**
 * docs/metrics.md: every metric that the exporter can export, from where it is declared.
 *
 * @param registry the process's own metrics.
 * @param kinds in the order in which they are described.
 */
export async function metricsMarkdown(registry: Registry, kinds: readonly MonitorKind[]): Promise<string> {
  const own = (await registry.getMetricsAsJSON()).map(({ name, type, help, values }) => ({
    name,
    type: String(type),
    labels: [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))].join(', '),
    help,
  }));
  const polled = 'Besides the labels listed each series bears `company`, `flow` and `monitor`.';
  const ofKinds = kinds.map((kind) =>
    section(`Kind \`${kind.kind}\``, `${kind.description} ${polled}`, kind.families.map(rowOf)),
  );
  return [
    '# Metrics\n',
    'Generated from the sources with `npm run generate`; do not edit.\n',
    'Monitors are polled on their own schedule and their readings cached: a scrape never touches a database. ' +
      'Timestamps are Unix seconds. A series without a value is absent; a count of zero is exported as 0.\n',
    'A threshold is `<metric>_threshold{severity}`: an alert of that severity fires while the metric is greater, or smaller ' +
      'where that of a `query` says `below`. ' +
      'It is exported only where the configuration sets one.\n',
    'Where the configuration has the key `environment`, every series bears a label of that name, besides all those below.\n',
    section(
      'Every monitor',
      polled,
      [...Object.values(statusFamilies), openFamily, maintenanceFamily, stateFamily].map(rowOf),
    ),
    ...ofKinds,
    section('Databases, companies and known errors', 'These bear only the labels listed.', [
      ...Object.values(databaseFamilies).map(rowOf),
      rowOf(companyFamily),
      rowOf(knownErrorFamily),
    ]),
    section(
      'Outbox, tickets, remedies and mails',
      'These bear only the labels listed, and are there only where the configuration has `tickets`, `remedies` or `mails`.',
      [outboxFamilies, ticketFamilies, remedyFamilies, mailFamilies]
        .flatMap((families) => Object.values<Family>(families))
        .map(rowOf),
    ),
    section('The exporter itself', 'These bear only the labels listed.', own),
  ].join('\n');
}
