import type { Access } from '../comparison/contract.ts';
import { DatabaseError } from '../contract.ts';
import type { Parameters, Row } from '../values.ts';

/** A node of a plan, as far as we read it: PostgreSQL's manual, EXPLAIN. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Schema?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Plan Rows'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A table this small is read whole at no cost, such as the names of a few states. */
const smallTable = 1000;
/** Tables whose size is asked for. */
const mostTables = 50;
/** Bytes of a row in a table that was never analysed. */
const typicalRow = 100;

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Undefined when it is no JSON: a plan that holds a long text is cut as every cell is. */
function parsePlan(text: string): PlanNode[] | undefined {
  try {
    const [root] = JSON.parse(text) as { readonly Plan: PlanNode }[];
    return root === undefined ? [] : nodesOf(root.Plan);
  } catch {
    return undefined;
  }
}

/** It reads its table from one end to the other: no condition leads into an index. */
function readsWhole(node: PlanNode): boolean {
  const type = node['Node Type'];
  if (/^(?:Seq|Sample|Foreign) Scan$/.test(type)) return true;
  return /Index/.test(type) && node['Index Cond'] === undefined;
}

function describeNode(node: PlanNode): string {
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  const table = node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`;
  return `${node['Node Type']}${index}${table}`;
}

/**
 * How PostgreSQL would run a statement. @param rows Runs a statement and returns its rows.
 * @throws DatabaseError
 */
export async function postgresAccess(
  statement: { readonly sql: string; readonly parameters: Parameters },
  rows: (sql: string, parameters: Parameters) => Promise<readonly Row[]>,
): Promise<Access> {
  const explain = `EXPLAIN (VERBOSE, FORMAT JSON) ${statement.sql}`;
  const [plan] = await rows(explain, statement.parameters);
  const text = plan?.['QUERY PLAN'];
  if (typeof text !== 'string') throw new DatabaseError('query', 'the server did not send its plan');
  const nodes = parsePlan(text);
  if (nodes === undefined)
    return { indexed: null, scannedRows: 0, text: 'the plan of the server is too long to be read' };
  const whole = nodes.filter(readsWhole);
  const sizes = await tableSizes(whole, rows);
  const scannedRows = Math.max(
    0,
    ...whole.map((node) => {
      const size = sizes.get(`${node.Schema}.${node['Relation Name']}`);
      return size ?? node['Plan Rows'] ?? 0;
    }),
  );
  const led = nodes.some((node) => node['Index Cond'] !== undefined);
  const scans = nodes.filter((node) => / Scan$/.test(node['Node Type']) && node['Plans'] === undefined);
  return {
    indexed: led && scannedRows <= smallTable,
    scannedRows,
    text: (scans.length === 0 ? nodes : scans).slice(0, 3).map(describeNode).join('; '),
  };
}

async function tableSizes(
  nodes: readonly PlanNode[],
  rows: (sql: string, parameters: Parameters) => Promise<readonly Row[]>,
): Promise<ReadonlyMap<string, number>> {
  const tables = nodes.filter((node) => node['Relation Name'] !== undefined).slice(0, mostTables);
  if (tables.length === 0) return new Map();
  const parameters: Record<string, string> = {};
  const pairs = tables.map((node, index) => {
    parameters[`schema_${index}`] = node.Schema ?? '';
    parameters[`table_${index}`] = node['Relation Name'] ?? '';
    return `(:schema_${index}, :table_${index})`;
  });
  const found = await rows(
    `SELECT nspname || '.' || relname AS name,
      CASE WHEN reltuples > 0 THEN reltuples::float8 ELSE pg_relation_size(pg_class.oid) / ${typicalRow} END AS size
    FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace AS schema ON schema.oid = relnamespace
    WHERE (nspname, relname) IN (${pairs.join(', ')})`,
    parameters,
  );
  return new Map(found.map(({ name, size }) => [String(name), Number(size)]));
}
