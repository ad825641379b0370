import ts from 'typescript';
import { isReadonlyType, type DeclaredTypes } from './readonly-types.ts';

/** Classes whose objects nobody changes but by what `mutationsOf` sees. */
const constant: readonly string[] = ['RegExp', 'TextEncoder', 'TextDecoder', 'Error', 'URL'];

const containerCalls =
  /^(Array\.(from|of|fromAsync)|Object\.(fromEntries|entries|keys|values|assign|create|groupBy)|Map\.groupBy|structuredClone)$/;
const containerMethods: readonly string[] = [
  'map',
  'filter',
  'flatMap',
  'flat',
  'split',
  'slice',
  'concat',
  'toSorted',
  'toSpliced',
  'toReversed',
  'matchAll',
];

/** In words, the changeable thing that an expression makes, or undefined where it makes none. */
export function fresh(expression: ts.Expression, types: DeclaredTypes): string | undefined {
  const value = bare(expression, types);
  if (value === undefined) return undefined;
  if (ts.isArrayLiteralExpression(value)) return 'an array';
  if (ts.isObjectLiteralExpression(value)) return 'an object';
  if (ts.isNewExpression(value)) return constructed(value);
  if (ts.isConditionalExpression(value)) return fresh(value.whenTrue, types) ?? fresh(value.whenFalse, types);
  if (ts.isBinaryExpression(value)) return fresh(value.left, types) ?? fresh(value.right, types);
  return ts.isCallExpression(value) ? returned(value) : undefined;
}

/** Without brackets and types; undefined for what is constant by its type. */
function bare(value: ts.Expression, types: DeclaredTypes): ts.Expression | undefined {
  if (ts.isParenthesizedExpression(value) || ts.isAwaitExpression(value))
    return bare(value.expression, types);
  if (ts.isSatisfiesExpression(value)) return bare(value.expression, types);
  if (ts.isAsExpression(value))
    return isReadonlyType(value.type, types) ? undefined : bare(value.expression, types);
  return value;
}

function constructed(value: ts.NewExpression): string | undefined {
  const name = value.expression.getText();
  return constant.includes(name) || name.startsWith('Intl.') ? undefined : `a new ${name}`;
}

function returned(value: ts.CallExpression): string | undefined {
  const callee = value.expression;
  if (containerCalls.test(callee.getText())) return `what ${callee.getText()} returns`;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  return containerMethods.includes(callee.name.text) ? `what .${callee.name.text}() returns` : undefined;
}
