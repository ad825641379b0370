import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { readPlan } from '../../../src/databases/mssql/access.ts';

/** A plan as SQL Server 2022 writes one, of the operators given. */
function planOf(operators: string, statement = 'SELECT 1'): string {
  return `<ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564" Build="16.0.4085.2">
<BatchSequence><Batch><Statements>
<StmtSimple StatementText="${statement}" StatementId="1" StatementCompId="1" StatementType="SELECT">
<QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">${operators}</QueryPlan>
</StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>`;
}

interface Read {
  readonly operator: string;
  readonly element: string;
  readonly object: string;
  readonly rows?: string;
  readonly predicate?: string;
}

function relOp({ operator, element, object, rows, predicate = '' }: Read): string {
  const size = rows === undefined ? '' : `TableCardinality="${rows}"`;
  return `<RelOp NodeId="1" PhysicalOp="${operator}" LogicalOp="${operator}" EstimateRows="12.4" ${size} Parallel="0">
<OutputList><ColumnReference Database="[ACME]" Schema="[dbo]" Table="[unrelated]" Column="id" /></OutputList>
<${element} Ordered="1"><DefinedValues><DefinedValue><ColumnReference Table="[unrelated]" Column="id" /></DefinedValue>
</DefinedValues>${object}${predicate}</${element}></RelOp>`;
}

const states: Read = {
  operator: 'Clustered Index Scan',
  element: 'IndexScan',
  object: `<Object Database="[ACME]" Schema="[dbo]" Table="[states]" Index="[PK_states]" IndexKind="Clustered" />`,
  rows: '1000',
};

describe('a plan of SQL Server', () => {
  it('whose names need escapes of XML and of SQL is read by those names', () => {
    const object = `<Object Database="[ACME]" Schema="[dbo]" Table="[R&amp;D &lt;x&gt; > [1]]]" Index='[by "date"]' />`;
    const plan = planOf(relOp({ ...states, operator: 'Index Seek', object }));
    expect(readPlan(plan).text).toBe('Index Seek on R&D <x> > [1].by "date"');
  });

  it('is not misread by what a statement or a predicate quotes', () => {
    const quoted = '&lt;RelOp PhysicalOp=&quot;Table Scan&quot; TableCardinality=&quot;9e9&quot;&gt; > x';
    const predicate = `<Predicate><ScalarOperator ScalarString="${quoted}" /></Predicate>`;
    const plan = planOf(`<!-- <RelOp PhysicalOp="Table Scan"> -->${relOp({ ...states, predicate })}`, quoted);
    expect(readPlan(plan)).toEqual({
      indexed: false,
      scannedRows: 1000,
      text: 'Clustered Index Scan on states.PK_states',
    });
  });

  it('gives an operator its own object only, and not that of an operator under it', () => {
    const inner = relOp(states);
    const plan = planOf(
      `<RelOp NodeId="0" PhysicalOp="Remote Scan" EstimateRows="5e6"><RemoteScan>${inner}</RemoteScan></RelOp>`,
    );
    expect(readPlan(plan).text).toBe('Clustered Index Scan on states.PK_states');
  });

  it('finds the operators of a subquery within a predicate', () => {
    const heap = {
      operator: 'Table Scan',
      element: 'TableScan',
      object: `<Object Table="[log]" />`,
      rows: '2e+006',
    };
    const predicate = `<Predicate><ScalarOperator><Subquery Operation="EXISTS">${relOp(heap)}</Subquery></ScalarOperator></Predicate>`;
    const seek = { ...states, operator: 'Clustered Index Seek', rows: '50', predicate };
    expect(readPlan(planOf(relOp(seek)))).toEqual({
      indexed: false,
      scannedRows: 2_000_000,
      text: 'Clustered Index Seek on states.PK_states; Table Scan on log',
    });
  });

  it('counts the rows that an operator yields where the size of the table is not given', () => {
    const { rows: _, ...unsized } = states;
    expect(readPlan(planOf(relOp(unsized))).scannedRows).toBe(12);
  });

  it('without any table says so', () => {
    const plan = planOf(
      `<RelOp NodeId="0" PhysicalOp="Constant Scan" EstimateRows="1"><ConstantScan /></RelOp>`,
    );
    expect(readPlan(plan)).toEqual({ indexed: false, scannedRows: 0, text: 'no table is read' });
  });

  it.each(['', 'no XML', '<ShowPlanXML><RelOp>'])('that is %j is an error of the query', (text) => {
    expect(() => readPlan(text)).toThrow(DatabaseError);
  });
});
