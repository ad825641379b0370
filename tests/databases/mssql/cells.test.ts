import { describe, expect, it } from 'vitest';
import type { Selection } from '../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../src/databases/contract.ts';
import { answer, never, useBench } from '../../helpers/tds-database.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

const bench = useBench();
const options = { signal: never, timeoutMs: 5000 };
const packed = types.varbinary('erp_row');
const byNumber: Selection = {
  sql: 'SELECT id, total, at FROM orders',
  columns: [
    { name: 'id', type: 'integer', native: 'bigint' },
    { name: 'total', type: 'decimal', native: 'decimal(18,2)' },
    { name: 'at', type: 'instant', native: 'datetime2(3)' },
    { name: 'code', type: 'text', native: 'nvarchar(20)' },
  ],
  parameters: {},
  key: { column: 'id', measure: { type: 'integer' } },
  fields: [{ column: 'total', measure: { type: 'money', digits: 2 } }],
};
const byText: Selection = {
  ...byNumber,
  key: { column: 'code', measure: { type: 'text', trim: false, fold: false, guid: false } },
};

/** Cells as `CAST(… AS binary(8))` lays them out, a text behind them. */
function pack(cells: readonly bigint[], key = ''): Buffer {
  const fixed = Buffer.alloc(8 * cells.length);
  cells.forEach((cell, at) => fixed.writeBigInt64BE(cell, 8 * at));
  return Buffer.concat([fixed, Buffer.from(key, 'utf16le')]);
}

async function read(
  database: Database,
  selection: Selection,
): Promise<{ cells: bigint[]; keys: string[]; counts: number[] }> {
  const found = { cells: [] as bigint[], keys: [] as string[], counts: [] as number[] };
  for await (const batch of requireComparison(database).rows(selection, {}, true, options)) {
    found.cells.push(...batch.cells.subarray(0, batch.count * batch.width));
    found.keys.push(...batch.keys);
    found.counts.push(batch.count);
    expect(batch.bytes).toBeGreaterThanOrEqual(batch.count * batch.width * 8);
  }
  return found;
}

describe('packed rows', () => {
  it('hold every 64-bit integer', async () => {
    const cells = [1n, -1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 32n), 2n ** 31n, 0n];
    const rows = [0, 2, 4, 6].map((at) => [pack(cells.slice(at, at + 2))]);
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, table([packed], rows)),
    });
    expect((await read(database, byNumber)).cells).toEqual(cells);
  });

  it('hold texts', async () => {
    const keys = ['', 'a', 'é😀', 'x'.repeat(2000)];
    const rows = keys.map((key, at) => [pack([BigInt(at)], key)]);
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, table([packed], rows)),
    });
    expect(await read(database, byText)).toEqual({ cells: [0n, 1n, 2n, 3n], keys, counts: [4] });
  });

  it('come in order, in batches that are used again, however slow the reader is', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => [pack([BigInt(at), BigInt(-at)])]);
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, table([packed], many)),
    });
    let next = 0;
    const memories = new Set<ArrayBufferLike>();
    for await (const batch of requireComparison(database).rows(byNumber, {}, true, options)) {
      memories.add(batch.cells.buffer);
      for (let row = 0; row < batch.count; row += 1) {
        expect(batch.cells[2 * row]).toBe(BigInt(next));
        expect(batch.cells[2 * row + 1]).toBe(BigInt(-next));
        next += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(next).toBe(20_000);
    expect(memories.size).toBeLessThanOrEqual(3);
  });

  it('of zone-less times are converted', async () => {
    const noon = BigInt(Date.UTC(2026, 6, 1, 12));
    const { database } = await bench.start(
      { answer: (_, exchange) => answer(exchange, table([packed], [[pack([1n, 5n, noon])]])) },
      { timezone: 'Europe/Brussels' },
    );
    const { cells } = await read(database, { ...byNumber, at: 'at' });
    expect(cells).toEqual([1n, 5n, BigInt(Date.UTC(2026, 6, 1, 10))]);
  });

  it('that are too short are an error, and end the statement', async () => {
    const { database } = await bench.start({
      answer: (_, exchange) => {
        void exchange.attention.then(() => exchange.acknowledge());
        answer(exchange, table([packed], [[Buffer.alloc(15)]]));
      },
    });
    await expect(read(database, byNumber)).rejects.toMatchObject({ kind: 'query' });
  });
});

describe('a plan', () => {
  const plan = `<ShowPlanXML><RelOp NodeId="0" PhysicalOp="Nested Loops" EstimateRows="10"><NestedLoops>
    <RelOp NodeId="1" PhysicalOp="Index Seek" EstimateRows="10" TableCardinality="9e+006"><IndexScan>
      <Object Database="[ACME]" Schema="[dbo]" Table="[orders]" Index="[orders_at]" /></IndexScan></RelOp>
    <RelOp NodeId="2" PhysicalOp="Clustered Index Scan" EstimateRows="3" TableCardinality="CARDINALITY"><IndexScan>
      <Object Database="[ACME]" Schema="[dbo]" Table="[states]" Index="[PK_states]" /></IndexScan></RelOp>
    </NestedLoops></RelOp></ShowPlanXML>`;
  const part = { keys: [{ from: 1n, to: 5n }] };
  const column = types.nvarcharMax('Microsoft SQL Server 2005 XML Showplan');

  it.each([
    ['5', true],
    ['2e+006', false],
  ])('that scans a table of %s rows', async (size, indexed) => {
    const { responder, database } = await bench.start({
      answer: ({ text }, exchange) => {
        if (text.startsWith('SET ')) exchange.end(tokens.done());
        else exchange.end(table([column], [[plan.replace('CARDINALITY', size)]]), tokens.done());
      },
    });
    const selection = {
      ...byNumber,
      sql: `${byNumber.sql} WHERE company = :company`,
      parameters: { company: 'acme' },
    };
    expect(await requireComparison(database).access(selection, part, options)).toEqual({
      indexed,
      scannedRows: Number(size),
      text: 'Index Seek on orders.orders_at; Clustered Index Scan on states.PK_states',
    });
    const [set, asked] = responder.requests;
    expect(set).toMatchObject({ text: 'SET SHOWPLAN_XML ON' });
    expect(set?.procedure).toBeUndefined();
    expect(asked?.text.startsWith('DECLARE @p1 nvarchar(4000);\nSELECT CAST(')).toBe(true);
  });

  it('is asked for in a session that then runs nothing else', async () => {
    const { responder, database } = await bench.start({
      answer: ({ text }, exchange) => {
        if (text.startsWith('BEGIN')) answer(exchange, table([packed], [[pack([1n, 2n])]]));
        else if (text.startsWith('SET ')) exchange.end(tokens.done());
        else
          exchange.end(
            tokens.error(262, 'SHOWPLAN permission denied in database'),
            tokens.done({ error: true }),
          );
      },
    });
    expect(await requireComparison(database).access(byNumber, part, options)).toEqual({
      indexed: null,
      scannedRows: 0,
      text: 'SQL Server shows its plan only to a login with the permission SHOWPLAN',
    });
    const before = responder.logins.length;
    expect((await read(database, byNumber)).cells).toEqual([1n, 2n]);
    expect(responder.logins).toHaveLength(before + 1);
  });

  it('of a statement that makes no sense is an error', async () => {
    const { database } = await bench.start({
      answer: ({ text }, exchange) => {
        if (text.startsWith('SET ')) exchange.end(tokens.done());
        else exchange.end(tokens.error(208, "Invalid object name 'orders'."), tokens.done({ error: true }));
      },
    });
    await expect(requireComparison(database).access(byNumber, part, options)).rejects.toMatchObject({
      kind: 'query',
      code: 'mssql:208',
    });
  });
});
