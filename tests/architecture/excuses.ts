/** Values that a module holds and that can change, as `file name`, each with its reason. */
export const mutableValues: Readonly<Record<string, string>> = {
  'src/databases/mssql/exact.ts valueParser':
    'tedious reads decimals as floats and takes no other reader; it is replaced once, when the driver is opened',
  'src/time.ts clocks':
    'the clocks of zones are costly to make and never differ: nobody can see that they are kept',
};

/** Files outside of a driver's folder that may name it, each with its reason. */
export const driverNames: Readonly<Record<string, string>> = {
  'src/demo/database/embedded.ts':
    'the databases of the demo are PGlite, reached with the protocol of PostgreSQL',
  'src/demo/failures.ts': 'the ERP of the demo answers with codes of SQL Server',
  'src/known-errors/catalogue.ts': 'codes in examples of the JSON schema',
};

/** Files that may read files, each with its reason. */
export const readers: Readonly<Record<string, string>> = {
  'src/commands/demo.ts': 'it makes and removes the folder of its own state',
  'src/config/source/files.ts': 'it is the bounded reader of whatever a user names',
  'src/demo/database/worker.ts': 'the data directory of the demo itself',
  'src/monitors/files/error-text.ts':
    'the beginning of a file beside one that failed, never from outside of the folder',
  'src/monitors/files/scan.ts': 'lists folders, within bounds; it reads no file',
  'src/main.ts': 'package.json of the program itself',
  'src/version.ts': 'package.json of the program itself',
  'src/web/assets.ts': 'styles and scripts of the program itself',
  'src/web/documents.ts': 'the documentation of the program itself',
};
