import type { Access } from '../comparison/contract.ts';

/** A table this small is read whole at no cost, such as the names of a few states. */
const smallTable = 1000;
/** Operators told to people; the first ones say enough. */
const mostTold = 3;

/** An operator of a plan that reads a table or an index. */
interface Reading {
  readonly operator: string;
  readonly object: string;
  /** Rows of the table, or those the operator yields where the plan does not tell. */
  readonly rows: number;
}

function attribute(element: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1];
}

/** `[dbo].[orders].[orders_created_at]` without the brackets. */
function nameOf(object: string): string {
  return ['Table', 'Index']
    .flatMap((part) => attribute(object, part) ?? [])
    .map((part) => part.replace(/^\[|\]$/g, ''))
    .join('.');
}

/** Each operator is an element RelOp, in which its own details come before the operators under it. */
function readingsOf(plan: string): Reading[] {
  return plan
    .split('<RelOp')
    .slice(1)
    .flatMap((piece) => {
      const [attributes = ''] = piece.split('>', 1);
      const operator = attribute(attributes, 'PhysicalOp') ?? '';
      const [object] = /<Object\s[^>]*>/.exec(piece) ?? [];
      const rows = attribute(attributes, 'TableCardinality') ?? attribute(attributes, 'EstimateRows');
      return /\b(?:Scan|Seek)$/.test(operator) && object !== undefined
        ? [{ operator, object: nameOf(object), rows: Math.round(Number(rows ?? 0)) }]
        : [];
    });
}

/** What a plan in XML, as SHOWPLAN_XML answers it, says about the way to the rows; see the schema of "Showplan". */
export function readPlan(plan: string): Access {
  const readings = readingsOf(plan);
  const whole = readings.filter(({ operator }) => operator.endsWith('Scan'));
  const scannedRows = Math.max(0, ...whole.map(({ rows }) => rows));
  return {
    indexed: whole.length < readings.length && scannedRows <= smallTable,
    scannedRows,
    text:
      readings
        .slice(0, mostTold)
        .map(({ operator, object }) => `${operator} on ${object}`)
        .join('; ') || 'no table is read',
  };
}

/** For a login that may not see plans, as most may not. */
export const hiddenPlan: Access = {
  indexed: null,
  scannedRows: 0,
  text: 'SQL Server tells its plan only to a login that was granted SHOWPLAN',
};
