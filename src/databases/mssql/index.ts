import type { Driver } from '../driver.ts';
import { parseConnectionString, readServer } from './connection-string.ts';
import { authentications, checkLogin } from './logins.ts';
import { quoting } from './quoting.ts';

export const mssql: Driver = {
  name: 'mssql',
  title: 'SQL Server',
  place: 'server',
  schemes: ['mssql', 'sqlserver'],
  urlParameters: {
    database: 'database',
    user: 'user',
    password: 'password',
    instancename: 'instance',
    encrypt: 'encrypt',
    trustservercertificate: 'trust',
  },
  parseConnectionString,
  readServer,
  authentications,
  checkLogin,
  quoting,
  codes: [{ namespace: 'mssql', pattern: /\bMsg (\d{1,6}), Level/gi }],
  canCompare: true,
  load: () => import('./database.ts'),
  loadWritable: () => import('./writable.ts'),
};
