import { DOMParser, type Document, type Element } from '@xmldom/xmldom';
import type { Access } from '../comparison/contract.ts';
import { DatabaseError } from '../contract.ts';

/** A table this small is read whole at no cost, such as the names of a few states. */
const smallTable = 1000;
/** Operators that are named to people; the first ones say enough. */
const mostNamed = 3;

/** An operator of a plan that reads a table or an index. */
interface TableRead {
  readonly operator: string;
  readonly object: string;
  /** Rows of the table, or those that the operator yields where the plan does not say. */
  readonly rows: number;
}

function childrenOf(element: Element): Element[] {
  return [...element.childNodes].filter((node): node is Element => node.nodeType === node.ELEMENT_NODE);
}

/** `[a]]b]` is the name `a]b`. */
function unquoted(name: string): string {
  return /^\[.*\]$/s.test(name) ? name.slice(1, -1).replaceAll(']]', ']') : name;
}

/** What the operator reads, `orders.orders_created_at`. Operators under it have objects of their own, further inside. */
function objectOf(operator: Element): string | undefined {
  const object = childrenOf(operator)
    .flatMap(childrenOf)
    .find(({ localName }) => localName === 'Object');
  if (object === undefined) return undefined;
  const parts = ['Table', 'Index'].map((part) => object.getAttribute(part) ?? '');
  return parts
    .filter((part) => part !== '')
    .map(unquoted)
    .join('.');
}

/** @param relOp An element RelOp, which stands for one operator of the plan. */
function tableRead(relOp: Element): TableRead[] {
  const operator = relOp.getAttribute('PhysicalOp') ?? '';
  const object = objectOf(relOp);
  if (!/\b(?:Scan|Seek)$/.test(operator) || object === undefined) return [];
  const rows = relOp.getAttribute('TableCardinality') ?? relOp.getAttribute('EstimateRows') ?? '0';
  return [{ operator, object, rows: Math.round(Number(rows)) }];
}

function parsePlan(plan: string): Document {
  const stop = (level: string, message: string): void => {
    if (level !== 'warning') throw new Error(message);
  };
  try {
    return new DOMParser({ onError: stop }).parseFromString(plan, 'text/xml');
  } catch (cause) {
    throw new DatabaseError('query', 'the server sent a plan that is not well-formed XML', { cause });
  }
}

/**
 * What a plan, as SHOWPLAN_XML returns it, says about the way to the rows; see the schema of "Showplan".
 * @throws DatabaseError when it is not XML.
 */
export function readPlan(plan: string): Access {
  const relOps = [...parsePlan(plan).getElementsByTagNameNS('*', 'RelOp')];
  const reads = relOps.flatMap(tableRead);
  const whole = reads.filter(({ operator }) => operator.endsWith('Scan'));
  const scannedRows = Math.max(0, ...whole.map(({ rows }) => rows));
  return {
    indexed: whole.length < reads.length && scannedRows <= smallTable,
    scannedRows,
    text:
      reads
        .slice(0, mostNamed)
        .map(({ operator, object }) => `${operator} on ${object}`)
        .join('; ') || 'no table is read',
  };
}

/** A table that a plan reads, whatever views the statement names. */
export interface PlannedTable {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}

/** Every table of a plan, as often as it is read. @throws DatabaseError when the plan is not XML. */
export function tablesOf(plan: string): readonly PlannedTable[] {
  const name = (object: Element, part: string): string => unquoted(object.getAttribute(part) ?? '');
  return [...parsePlan(plan).getElementsByTagNameNS('*', 'Object')].map((object) => ({
    database: name(object, 'Database'),
    schema: name(object, 'Schema'),
    table: name(object, 'Table'),
  }));
}

/** For a login that may not see plans, as most may not. */
export const hiddenPlan: Access = {
  indexed: null,
  scannedRows: 0,
  text: 'SQL Server shows its plan only to a login with the permission SHOWPLAN',
};
