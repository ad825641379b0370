import { parse } from 'yaml';
import { z } from 'zod';

/** An alert of the rules, as routes see it. */
export interface ShippedAlert {
  readonly name: string;
  /** Those that it can have. */
  readonly severities: readonly string[];
  /** The responder that the rule names; undefined: that of the monitor or of the error. */
  readonly responder: string | undefined;
  /** The labels that its expressions leave on it. */
  readonly labels: ReadonlySet<string>;
  /** The metrics that its expressions read. */
  readonly metrics: ReadonlySet<string>;
  /** Whether it is about unknown errors alone. */
  readonly isOfUnknown: boolean;
}

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});

/** The labels by which an expression aggregates: its first clause says what is left at the end. */
function labelsOf(expression: string): readonly string[] {
  const clause = /\bby \(([^)]*)\)/.exec(expression)?.[1] ?? '';
  return clause.split(',').map((label) => label.trim());
}

/** The alerts of a file of rules, each name once, in its order. @throws Error when it is no such file. */
export function shippedAlerts(text: string): readonly ShippedAlert[] {
  const rules = rulesSchema.parse(parse(text)).groups.flatMap(({ rules: list }) => list);
  const byName = Map.groupBy(rules, ({ alert }) => alert);
  return [...byName].flatMap(([name, list]): readonly ShippedAlert[] => {
    const [first] = list;
    if (name === undefined || first === undefined) return [];
    const severities = [...new Set(list.flatMap(({ labels }) => labels?.['severity'] ?? []))];
    return [
      {
        name,
        // Of a rule that names none, it is a label of its series.
        severities: severities.length === 0 ? ['critical', 'warning'] : severities,
        responder: first.labels?.['responder'],
        labels: new Set(labelsOf(first.expr)),
        metrics: new Set(list.flatMap(({ expr }) => expr.match(/\berp_\w+/g) ?? [])),
        isOfUnknown: list.every(({ expr }) => expr.includes('known="false"')),
      },
    ];
  });
}
