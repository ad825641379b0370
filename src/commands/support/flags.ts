import type { ParseArgsOptionsConfig } from 'node:util';
import { logFormats, logLevels } from '../../log.ts';

/** Every flag, as `parseArgs` takes them. */
export const flagTypes = {
  'config.file': { type: 'string' },
  'config.check': { type: 'boolean' },
  connect: { type: 'boolean' },
  company: { type: 'string', multiple: true },
  flow: { type: 'string' },
  language: { type: 'string' },
  period: { type: 'string' },
  end: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  ready: { type: 'boolean' },
  explain: { type: 'boolean' },
  remedy: { type: 'string' },
  monitor: { type: 'string' },
  record: { type: 'string' },
  url: { type: 'string' },
  'token-file': { type: 'string' },
  'alertmanager.url': { type: 'string' },
  'web.listen-address': { type: 'string', multiple: true },
  'web.config.file': { type: 'string' },
  'web.external-url': { type: 'string' },
  'web.allowed-host': { type: 'string', multiple: true },
  'web.enable-lifecycle': { type: 'boolean' },
  'log.level': { type: 'string' },
  'log.format': { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

export type FlagName = keyof typeof flagTypes;

/** What the help says of a flag, and which commands take it; no list: all of them. */
interface FlagHelp {
  readonly value: string;
  readonly text: string;
  readonly commands?: readonly string[];
}

const serving = ['serve', 'demo'] as const;

export const flagHelp: Readonly<Record<FlagName, FlagHelp>> = {
  'config.file': {
    value: 'FILE',
    text: 'configuration file (default: erp-exporter.yml)',
    commands: ['serve', 'check', 'try', 'explain', 'alertmanager', 'notify-test', 'report'],
  },
  'config.check': {
    value: '',
    text: 'check the configuration file and exit; the same as the command check',
    commands: ['serve', 'check'],
  },
  connect: {
    value: '',
    text: 'check: connect to the databases, prepare every query, run each monitor once',
    commands: ['serve', 'check'],
  },
  company: {
    value: 'NAME',
    text: 'try, report: only this company; for report it may be repeated; remedies relaunch: that of the record',
    commands: ['try', 'report', 'remedies'],
  },
  flow: { value: 'NAME', text: 'explain: as an error of this flow', commands: ['explain'] },
  language: {
    value: 'LANGUAGE',
    text: 'explain, report: en, nl, de or fr (default: en; report: that of the company)',
    commands: ['explain', 'report'],
  },
  period: {
    value: 'PERIOD',
    text: 'report: day, week or month (default: week)',
    commands: ['report'],
  },
  end: {
    value: 'TIME',
    text: 'report: where the period ends, a date or a time with its offset (default: the last midnight)',
    commands: ['report'],
  },
  format: { value: 'FORMAT', text: 'report: text, html or csv (default: text)', commands: ['report'] },
  output: { value: 'FILE', text: 'report: write it to this file', commands: ['report'] },
  ready: {
    value: '',
    text: 'health: whether each monitor has been tried as well',
    commands: ['health'],
  },
  explain: {
    value: '',
    text: 'alertmanager: print which alert makes a mail, a ticket, or both, and for whom',
    commands: ['alertmanager'],
  },
  remedy: {
    value: 'REMEDY',
    text: 'remedies: that one alone (default: all)',
    commands: ['remedies'],
  },
  monitor: { value: 'NAME', text: 'remedies relaunch: where the record has failed', commands: ['remedies'] },
  record: { value: 'KEY', text: 'remedies relaunch: the failed record', commands: ['remedies'] },
  url: {
    value: 'URL',
    text: 'remedies: address of the running exporter (default: http://127.0.0.1:9745)',
    commands: ['remedies'],
  },
  'token-file': {
    value: 'FILE',
    text: 'remedies: file with the token of a visitor who has the right `remedies`',
    commands: ['remedies'],
  },
  'alertmanager.url': {
    value: 'URL',
    text: 'notify-test: address of Alertmanager (default: http://localhost:9093)',
    commands: ['notify-test'],
  },
  'web.listen-address': {
    value: 'ADDRESS',
    text: 'host:port, or :port for all addresses; may be repeated (default: 127.0.0.1:9745)',
    commands: serving,
  },
  'web.config.file': {
    value: 'FILE',
    text: "TLS and passwords, in exporter-toolkit's format",
    commands: ['serve', 'demo', 'check'],
  },
  'web.external-url': {
    value: 'URL',
    text: 'URL at which users reach the page; its path becomes the prefix of every route',
    commands: serving,
  },
  'web.allowed-host': {
    value: 'NAME',
    text: 'further host name under which requests are answered; may be repeated',
    commands: serving,
  },
  'web.enable-lifecycle': {
    value: '',
    text: 'serve POST /-/reload and /-/quit',
    commands: serving,
  },
  'log.level': {
    value: 'LEVEL',
    text: `${logLevels.join(', ')} (default: info; demo: error)`,
    commands: serving,
  },
  'log.format': { value: 'FORMAT', text: `${logFormats.join(', ')} (default: logfmt)`, commands: serving },
  version: { value: '', text: 'print the version' },
  help: { value: '', text: 'print this text' },
};

/** The lines of the help about flags. */
export function flagLines(): readonly string[] {
  return Object.entries(flagHelp).map(([name, { value, text }]) => {
    const left = value === '' ? `--${name}` : `--${name} ${value}`;
    return `  ${left.padEnd(31)} ${text}`;
  });
}
