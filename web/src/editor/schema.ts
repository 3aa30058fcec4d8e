// SPDX-License-Identifier: Apache-2.0
// What a scenario may say at a place, by the JSON Schema of scenario files.
export interface Schema {
  $ref?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: (string | number | boolean)[];
  const?: unknown;
  type?: string | string[];
  default?: unknown;
  examples?: unknown[];
  $defs?: Record<string, Schema>;
}

/** A step from a value into its parts: the key of a mapping, or any item of a list. */
export type Step = string | { item: true };

export interface Choice {
  text: string;
  about: string;
}

export class SchemaGuide {
  constructor(private readonly root: Schema) {}

  /** Keys that a mapping at this place may have. */
  keys(path: readonly Step[]): Choice[] {
    const found = new Map<string, Choice>();
    for (const schema of this.at(path)) {
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        if (!found.has(key)) found.set(key, { text: key, about: this.about(value) });
      }
    }
    return [...found.values()];
  }

  /** Words that a value at this place may be. */
  values(path: readonly Step[]): Choice[] {
    const found = new Map<string, Choice>();
    for (const schema of this.at(path)) {
      const words = [...(schema.enum ?? []), ...(schema.type === 'boolean' ? [true, false] : [])];
      for (const word of words) found.set(String(word), { text: String(word), about: schema.description ?? '' });
      if (found.size === 0 && schema.default !== undefined) found.set(String(schema.default), { text: String(schema.default), about: 'the default' });
    }
    return [...found.values()];
  }

  private about(schema: Schema): string {
    return schema.description ?? this.flat(schema).find(({ description }) => description)?.description ?? '';
  }

  /** Every schema that a value at this place may be of. */
  private at(path: readonly Step[]): Schema[] {
    let schemas = this.flat(this.root);
    for (const step of path) {
      schemas = schemas.flatMap((schema) => this.flat(typeof step === 'string' ? this.member(schema, step) : schema.items));
    }
    return schemas;
  }

  private member(schema: Schema, key: string): Schema | undefined {
    const own = schema.properties?.[key];
    if (own) return own;
    return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  }

  /** The schema with references and alternatives opened. */
  private flat(schema: Schema | undefined, depth = 0): Schema[] {
    if (!schema || depth > 8) return [];
    const referred = schema.$ref ? this.flat(this.root.$defs?.[schema.$ref.replace('#/$defs/', '')], depth + 1) : [];
    const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap((each) => this.flat(each, depth + 1));
    return [schema, ...referred, ...inner];
  }
}
