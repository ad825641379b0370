import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

type Schema = Record<string, unknown>;

/**
 * JSON Schemas of Grafana's dashboard model, derived from the types of its SDK: every object is closed, so that a key
 * that Grafana does not know is a fault. Data queries are those of Prometheus.
 */
export class SdkSchemas {
  private readonly folder = dirname(
    dirname(createRequire(import.meta.url).resolve('@grafana/grafana-foundation-sdk/dashboard')),
  );
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;
  private readonly definitions: Record<string, Schema> = {};

  /** @param modules Names of the SDK's modules that `of` will be asked about, such as `dashboard`. */
  constructor(modules: readonly string[]) {
    this.program = ts.createProgram(
      ['prometheus', ...modules].map((name) => this.fileOf(name)),
      { strict: true, types: [], skipLibCheck: true },
    );
    this.checker = this.program.getTypeChecker();
  }

  /** The schema of an exported type; undefined when the module exports none of that name. */
  of(module: string, name: string): Schema | undefined {
    const type = this.exported(module, name);
    return type === undefined ? undefined : { ...this.convert(type), definitions: this.definitions };
  }

  private fileOf(module: string): string {
    return join(this.folder, module, 'types.gen.d.ts');
  }

  private exported(module: string, name: string): ts.Type | undefined {
    const source = this.program.getSourceFile(this.fileOf(module));
    const symbol = source === undefined ? undefined : this.checker.getSymbolAtLocation(source);
    const found = symbol && this.checker.getExportsOfModule(symbol).find((one) => one.name === name);
    return found && this.checker.getDeclaredTypeOfSymbol(found);
  }

  private convert(type: ts.Type): Schema {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral)
      return { const: this.checker.typeToString(type) === 'true' };
    if (type.isUnion()) {
      const defined = type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
      return { anyOf: defined.map((one) => this.convert(one)) };
    }
    if (this.checker.isArrayType(type)) {
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', ...(item === undefined ? {} : { items: this.convert(item) }) };
    }
    return this.convertObject(type);
  }

  private convertObject(type: ts.Type): Schema {
    const index = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (index !== undefined) return { type: 'object', additionalProperties: this.convert(index) };
    if (type.getProperty('_implementsDataqueryVariant') !== undefined && type.getProperties().length === 1) {
      const query = this.exported('prometheus', 'Dataquery');
      if (query === undefined) throw new Error('the SDK has no Prometheus query');
      return this.convert(query);
    }
    if (type.symbol.name === '__type') return this.closed(type);
    const file = type.symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
    const name = `${file.split('/').at(-2) ?? ''}.${type.symbol.name}`;
    if (!(name in this.definitions)) {
      this.definitions[name] = {};
      this.definitions[name] = this.closed(type);
    }
    return { $ref: `#/definitions/${name}` };
  }

  private closed(type: ts.Type): Schema {
    const properties = type.getProperties().filter((property) => !(property.flags & ts.SymbolFlags.Method));
    return {
      type: 'object',
      additionalProperties: false,
      required: properties.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name),
      properties: Object.fromEntries(
        properties.map((property) => [property.name, this.convert(this.checker.getTypeOfSymbol(property))]),
      ),
    };
  }
}
