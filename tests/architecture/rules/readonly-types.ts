import ts from 'typescript';
import type { Source } from '../sources.ts';

type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** Types that the sources declare, by name. */
export type DeclaredTypes = ReadonlyMap<string, Declared>;

export function declaredTypes(sources: readonly Source[]): DeclaredTypes {
  const types = sources.flatMap(({ tree }) =>
    tree.statements.filter(
      (statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement),
    ),
  );
  return new Map(types.map((type) => [type.name.text, type]));
}

const changing: readonly string[] = [
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Array',
  'Record',
  'Partial',
  'Required',
  'Pick',
  'Omit',
  'Date',
  'Buffer',
  'Uint8Array',
  'Int32Array',
  'Float64Array',
  'SharedArrayBuffer',
];

/**
 * Whether nobody can change a value through this type: `readonly T[]`, `ReadonlyMap`, `Readonly<…>`, `as const`, interfaces
 * whose fields are readonly. Aliases are followed; types of packages are taken for readonly.
 */
export function isReadonlyType(type: ts.TypeNode, types: DeclaredTypes): boolean {
  if (ts.isTypeOperatorNode(type)) return type.operator === ts.SyntaxKind.ReadonlyKeyword;
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type))
    return type.types.every((one) => isReadonlyType(one, types));
  if (ts.isTypeLiteralNode(type)) return type.members.every(isReadonlyMember);
  if (ts.isArrayTypeNode(type) || ts.isTupleTypeNode(type)) return false;
  return !ts.isTypeReferenceNode(type) || isReadonlyName(type.typeName.getText(), types);
}

function isReadonlyName(name: string, types: DeclaredTypes): boolean {
  if (changing.includes(name)) return false;
  const declared = types.get(name);
  if (declared === undefined) return true;
  if (ts.isInterfaceDeclaration(declared)) return declared.members.every(isReadonlyMember);
  // Each step leaves out the name that it comes from, so that a type which holds itself comes to an end.
  const others = new Map([...types].filter(([other]) => other !== name));
  return isReadonlyType(declared.type, others);
}

function isReadonlyMember(member: ts.TypeElement): boolean {
  if (!ts.isPropertySignature(member) && !ts.isIndexSignatureDeclaration(member)) return true;
  return member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) === true;
}
