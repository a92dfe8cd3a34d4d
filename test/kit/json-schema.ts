/**
 * Owns: checking a value by the part of JSON Schema that the published schemas use. Stricter than
 * the standard: an unknown keyword is a fault, and so is a key of an object that was not published.
 * Does not own: the schemas.
 */

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Keywords that say nothing about a value. */
const SILENT = new Set(['description', '$schema', 'title', 'id', '$id', '$defs', 'default']);

/** Every place where a value is not what the schema says; `root` is what references lead into. */
export function findSchemaFaults(
  value: unknown,
  schema: JsonSchema,
  root: object,
  path = '$',
): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (SILENT.has(keyword)) return [];
    const check = CHECKS[keyword];
    if (check === undefined) return [`${path}: keyword ${keyword} is unknown`];
    return check({ value, rule, schema, root, path });
  });
}

interface Place {
  readonly value: unknown;
  readonly rule: unknown;
  readonly schema: JsonSchema;
  readonly root: object;
  readonly path: string;
}

type Check = (place: Place) => readonly string[];

const fault = ({ path, value }: Place, why: string): readonly string[] => [
  `${path}: ${JSON.stringify(value)} ${why}`,
];

/** Holds for values of one type only, as JSON Schema has it. */
function when<T>(
  isOfType: (value: unknown) => value is T,
  isRight: (value: T, rule: never) => boolean,
): Check {
  return (place) => {
    const { value, rule } = place;
    if (!isOfType(value) || isRight(value, rule as never)) return [];
    return fault(place, `breaks ${JSON.stringify(rule)}`);
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isRecord,
  array: isList,
  string: isText,
  number: isNumber,
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const CHECKS: Readonly<Record<string, Check>> = {
  $ref: ({ value, rule, root, path }) => {
    const keys = String(rule).split('/').slice(1);
    const found = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root);
    return findSchemaFaults(value, found as JsonSchema, root, path);
  },
  type: (place) => {
    const names = [place.rule].flat().map(String);
    const isOne = names.some((name) => TYPES[name]?.(place.value) === true);
    return isOne ? [] : fault(place, `is no ${names.join(' or ')}`);
  },
  enum: (place) =>
    (place.rule as unknown[]).includes(place.value) ? [] : fault(place, 'is none of the words'),
  const: (place) => (place.value === place.rule ? [] : fault(place, 'is another value')),
  minimum: when(isNumber, (value, rule: number) => value >= rule),
  maximum: when(isNumber, (value, rule: number) => value <= rule),
  minLength: when(isText, (value, rule: number) => value.length >= rule),
  maxLength: when(isText, (value, rule: number) => value.length <= rule),
  pattern: when(isText, (value, rule: string) => new RegExp(rule).test(value)),
  minItems: when(isList, (value, rule: number) => value.length >= rule),
  maxItems: when(isList, (value, rule: number) => value.length <= rule),
  items: ({ value, rule, root, path }) =>
    isList(value)
      ? value.flatMap((item, index) =>
          findSchemaFaults(item, rule as JsonSchema, root, `${path}[${index}]`),
        )
      : [],
  required: (place) => {
    const { value, rule } = place;
    if (!isRecord(value)) return [];
    const missing = (rule as string[]).filter((key) => !Object.hasOwn(value, key));
    return missing.flatMap((key) => fault(place, `has no ${key}`));
  },
  properties: (place) => {
    const { value, rule, schema, root, path } = place;
    if (!isRecord(value)) return [];
    const fields = rule as Record<string, JsonSchema>;
    return Object.entries(value).flatMap(([key, item]) => {
      const field = fields[key];
      if (field !== undefined) return findSchemaFaults(item, field, root, `${path}.${key}`);
      return schema['additionalProperties'] === undefined ? fault(place, `has ${key} too`) : [];
    });
  },
  additionalProperties: (place) => {
    const { value, rule, schema, root, path } = place;
    if (!isRecord(value)) return [];
    const known = Object.keys(schema['properties'] ?? {});
    const others = Object.entries(value).filter(([key]) => !known.includes(key));
    if (rule === false) return others.flatMap(([key]) => fault(place, `has ${key} too`));
    return others.flatMap(([key, item]) =>
      findSchemaFaults(item, rule as JsonSchema, root, `${path}.${key}`),
    );
  },
  propertyNames: ({ value, rule, root, path }) =>
    isRecord(value)
      ? Object.keys(value).flatMap((key) =>
          findSchemaFaults(key, rule as JsonSchema, root, `${path}.${key}`),
        )
      : [],
  anyOf: (place) => {
    const { value, rule, root, path } = place;
    const tried = (rule as JsonSchema[]).map((one) => findSchemaFaults(value, one, root, path));
    return tried.some((faults) => faults.length === 0) ? [] : fault(place, 'fits no choice');
  },
  oneOf: (place) => {
    const { value, rule, root, path } = place;
    const tried = (rule as JsonSchema[]).map((one) => findSchemaFaults(value, one, root, path));
    const fitting = tried.filter((faults) => faults.length === 0).length;
    return fitting === 1 ? [] : fault(place, `fits ${fitting} choices`);
  },
};
