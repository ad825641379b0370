import type { Driver } from '../driver.ts';
import { quoting } from './quoting.ts';

export const mysql: Driver = {
  name: 'mysql',
  title: 'MySQL and MariaDB',
  place: 'server',
  schemes: ['mysql', 'mariadb'],
  urlParameters: {
    socket: 'host',
    socketpath: 'host',
    user: 'user',
    password: 'password',
    'ssl-mode': 'tls',
    sslmode: 'tls',
    ssl: 'tls',
  },
  quoting,
  // As the mysql client writes it: ERROR 1213 (40001): Deadlock found
  codes: [{ namespace: 'mysql', pattern: /\bERROR (\d{4}) \([0-9A-Z]{5}\)/gi }],
  canCompare: true,
  load: () => import('./database.ts'),
  loadWritable: () => import('./writable.ts'),
};
