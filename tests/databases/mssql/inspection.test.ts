import { describe, expect, it } from 'vitest';
import { filteredTablesOf, tablesRead } from '../../../src/databases/mssql/inspection.ts';
import { never, useBench } from '../../helpers/tds-database.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';

const bench = useBench();
const columns = ['place', 'owner', 'name', 'reader'].map((name) => types.nvarchar(name));
const policies = [
  ['ACME', 'dbo', 'Runs', 'Runs'],
  ['ACME', 'dbo', 'Runs', 'all_runs'],
  ['ACME', 'crm', 'notes', 'notes'],
];
const planned = (...objects: readonly string[]): string =>
  `<ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan"><RelOp>${objects.join('')}</RelOp></ShowPlanXML>`;
const runs = '<Object Database="[ACME]" Schema="[dbo]" Table="[Runs]" Index="[PK_Runs]" />';
const elsewhere = '<Object Database="[CRM]" Schema="[crm]" Table="[notes]" />';

/** The tables that the driver names of a statement. @param plan undefined: the login may not see it. */
async function filtered(sql: string, rows: readonly (readonly string[])[], plan: string | undefined) {
  const { responder, database } = await bench.start({
    answer: ({ text }, exchange) => {
      if (text.includes('security_policies')) exchange.end(table(columns, rows), tokens.doneProc());
      else if (text.startsWith('SET ')) exchange.end(tokens.done());
      else if (plan === undefined)
        exchange.end(tokens.error(262, 'SHOWPLAN permission denied'), tokens.done({ error: true }));
      else exchange.end(table([types.nvarchar('plan')], [[plan]]), tokens.done());
    },
  });
  const tables = await database.filteredTables?.(sql, { id: 5 }, never);
  return { tables, asked: responder.requests.map(({ text }) => text) };
}

describe('tables that a security policy filters', () => {
  it('are none, by one statement, where no policy is enabled', async () => {
    const { tables, asked } = await filtered('SELECT * FROM Runs WHERE id = :id', [], planned(runs));
    expect(tables).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('are those that the plan of the statement reads, in this database, whatever it calls them', async () => {
    const { tables, asked } = await filtered(
      'SELECT * FROM a_synonym WHERE id = :id',
      policies,
      planned(runs, elsewhere, runs),
    );
    expect(tables).toEqual(['dbo.Runs']);
    expect(asked.slice(1)).toEqual([
      'SET SHOWPLAN_XML ON',
      'DECLARE @p1 int;\nSELECT * FROM a_synonym WHERE id = @p1',
    ]);
  });

  it('are not those that it merely mentions', async () => {
    const { tables } = await filtered("SELECT 'notes' AS runs WHERE 1 = :id", policies, planned());
    expect(tables).toEqual([]);
  });

  it('are those whose name, or that of a view on them, it mentions, where the login sees no plan', async () => {
    const { tables } = await filtered('SELECT * FROM ALL_RUNS WHERE id = :id', policies, undefined);
    expect(tables).toEqual(['dbo.Runs']);
  });

  it.each([
    ['SELECT * FROM [crm].[notes]', ['crm.notes']],
    ['SELECT * FROM crm.notes n JOIN dbo.runs r ON r.id = n.id', ['dbo.Runs', 'crm.notes']],
    ['SELECT * FROM runs_old, #runs, my_notes, notes2', []],
  ])('are found by whole names in %s', (sql, expected) => {
    const rows = policies.map(([place = '', owner = '', name = '', reader = '']) => ({
      place,
      owner,
      name,
      reader,
    }));
    expect(tablesRead(sql, filteredTablesOf(rows), undefined)).toEqual(expected);
  });

  it('are found by names with any character', () => {
    const rows = [{ place: 'ACME', owner: 'dbo', name: 'a.b]c', reader: 'a.b]c' }];
    expect(tablesRead('SELECT * FROM [a.b]]c]', filteredTablesOf(rows), undefined)).toEqual(['dbo.a.b]c']);
    expect(tablesRead('SELECT * FROM [axb]]c]', filteredTablesOf(rows), undefined)).toEqual([]);
  });

  it('are unknown to a server of before 2016, which refuses the question', async () => {
    const { database } = await bench.start({
      answer: (_, exchange) =>
        exchange.end(tokens.error(208, "Invalid object name 'sys.security_predicates'."), tokens.doneProc()),
    });
    await expect(database.filteredTables?.('SELECT 1', {}, never)).rejects.toMatchObject({ kind: 'query' });
  });
});
