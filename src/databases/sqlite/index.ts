import type { Driver } from '../driver.ts';
import { quoting } from './quoting.ts';

export const sqlite: Driver = {
  name: 'sqlite',
  title: 'SQLite',
  place: 'file',
  schemes: ['sqlite'],
  urlParameters: {},
  quoting,
  codes: [],
  canCompare: false,
  load: () => import('./database.ts'),
  loadWritable: () => import('./writable.ts'),
};
