/**
 * Owns: schemas as JSON Schema for publication, each named part once.
 * Does not own: the schemas, or the documents that they go into.
 */
import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The named parts of a document, and where in it they stand. */
export interface SharedSchemas {
  /** As in `#/components/schemas/`. */
  readonly place: string;
  readonly byName: Map<string, JsonSchema>;
}

/**
 * Turns a schema into JSON Schema; its named parts go to `shared`. What is answered may have more
 * keys in a later release, so that only what is given is closed.
 */
export function toJsonSchema(
  schema: z.ZodType,
  io: 'given' | 'answered',
  shared: SharedSchemas,
): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: io === 'given' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      if (io === 'answered' && jsonSchema.additionalProperties === false) {
        delete jsonSchema.additionalProperties;
      }
    },
  });
  const text = JSON.stringify(made).replaceAll('"#/$defs/', `"${shared.place}`);
  const parsed = JSON.parse(text) as {
    readonly $schema: string;
    readonly $defs?: Readonly<Record<string, JsonSchema>>;
  };
  const { $schema: _, $defs = {}, ...own } = parsed;
  for (const [name, part] of Object.entries($defs)) shared.byName.set(name, part);
  return own;
}

/** The named parts by their names, in order. */
export function sortedParts({ byName }: SharedSchemas): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries([...byName].sort(([a], [b]) => (a < b ? -1 : 1)));
}
