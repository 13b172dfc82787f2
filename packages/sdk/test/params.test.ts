import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseParams, type Schema, toJsonSchema } from '../src/params.ts';

/** A Standard Schema as any library could bring it, without a way to a JSON schema. */
const evenNumbers: Schema<{ n: number }, { n: number; half: number }> = {
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    validate: async (value) => {
      const { n } = value as { n: number };
      if (n % 2 === 0) return { value: { n, half: n / 2 } };
      return { issues: [{ message: 'must be even', path: [{ key: 'n' }] }, { message: 'and I do not like it' }] };
    },
  },
};

describe('parameters', () => {
  test('are completed by their schema', async () => {
    const schema = z.object({ table: z.string(), batch: z.number().default(500) });
    expect(await parseParams(schema, { table: 'orders' }, "parameters of flow 'copy'")).toEqual({ table: 'orders', batch: 500 });
    expect(await parseParams(evenNumbers, { n: 8 }, "parameters of flow 'halve'")).toEqual({ n: 8, half: 4 });
  });

  test('without a schema are taken as they are', async () => {
    const params = { anything: [1] };
    expect(await parseParams(undefined, params, "parameters of flow 'free'")).toBe(params);
  });

  test('that do not fit are told all at once, each with its place', async () => {
    const schema = z.object({ tables: z.array(z.object({ name: z.string() })).min(1), batch: z.int().positive() });
    const error = await parseParams(schema, { tables: [{ name: 'a' }, { name: 7 }], batch: -1 }, "parameters of flow 'copy'").catch(
      (caught) => caught,
    );
    expect(error).toMatchObject({ code: 'PARAMETERS_INVALID', message: expect.stringMatching(/^The parameters of flow 'copy' do not fit: /) });
    expect(error.details).toEqual([expect.stringMatching(/^tables\.1\.name: .*string/), expect.stringMatching(/^batch: .*>0/)]);
    await expect(parseParams(evenNumbers, { n: 3 }, "parameters of flow 'halve'")).rejects.toMatchObject({
      message: "The parameters of flow 'halve' do not fit: n: must be even; and I do not like it.",
    });
  });
});

describe('the JSON schema of parameters', () => {
  test('is that of what goes in: a default makes a parameter optional', () => {
    expect(toJsonSchema(z.object({ table: z.string(), batch: z.number().default(500) }), "parameters of flow 'x'")).toEqual({
      type: 'object',
      properties: { table: { type: 'string' }, batch: { type: 'number', default: 500 } },
      required: ['table'],
    });
  });

  test('takes anything where a library tells none, or where there is no schema', () => {
    expect(toJsonSchema(evenNumbers, "parameters of flow 'x'")).toEqual({ type: 'object', additionalProperties: true });
    expect(toJsonSchema(undefined, "parameters of flow 'x'")).toEqual({ type: 'object', additionalProperties: true });
  });

  test('says of a value that is made of a text that it is one', () => {
    const schema = z.object({ since: z.coerce.date(), until: z.coerce.date().optional(), ids: z.array(z.coerce.bigint()) });
    expect(toJsonSchema(schema, "parameters of flow 'x'")).toMatchObject({
      properties: {
        since: { type: 'string', format: 'date-time' },
        until: { type: 'string', format: 'date-time' },
        ids: { items: { anyOf: [{ type: 'integer' }, { type: 'string' }] } },
      },
      required: ['since', 'ids'],
    });
  });

  test.each([
    ['a date', z.date(), 'since.when: Date cannot be represented in JSON Schema: write z.coerce.date()'],
    ['a map', z.map(z.string(), z.string()), 'since.when: Map cannot be represented in JSON Schema'],
    ['a bigint', z.bigint(), 'since.when: BigInt cannot be represented in JSON Schema: write z.coerce.bigint()'],
    ['a symbol', z.symbol(), 'since.when: Symbols cannot be represented in JSON Schema'],
    ['undefined', z.undefined(), 'since.when: Undefined cannot be represented in JSON Schema'],
  ])('is refused with flow and field where there is none: %s', (_name, field, says) => {
    const deploy = () => toJsonSchema(z.object({ since: z.object({ when: field }) }), "parameters of flow 'copy'");
    expect(deploy).toThrow(`The parameters of flow 'copy' have no JSON schema: ${says}.`);
  });

  test('is refused with the flow when a library fails', () => {
    const schema = {
      '~standard': {
        ...evenNumbers['~standard'],
        jsonSchema: {
          input: () => {
            throw new Error('not this');
          },
        },
      },
    } as never;
    expect(() => toJsonSchema(schema, "parameters of flow 'copy'")).toThrow("The parameters of flow 'copy' have no JSON schema: not this.");
  });
});
