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
    expect(await parseParams(schema, { table: 'orders' }, "flow 'copy'")).toEqual({ table: 'orders', batch: 500 });
    expect(await parseParams(evenNumbers, { n: 8 }, "flow 'halve'")).toEqual({ n: 8, half: 4 });
  });

  test('without a schema are taken as they are', async () => {
    const params = { anything: [1] };
    expect(await parseParams(undefined, params, "flow 'free'")).toBe(params);
  });

  test('that do not fit are told all at once, each with its place', async () => {
    const schema = z.object({ tables: z.array(z.object({ name: z.string() })).min(1), batch: z.int().positive() });
    const error = await parseParams(schema, { tables: [{ name: 'a' }, { name: 7 }], batch: -1 }, "flow 'copy'").catch((caught) => caught);
    expect(error).toMatchObject({ code: 'PARAMETERS_INVALID', message: expect.stringMatching(/^The parameters of flow 'copy' do not fit: /) });
    expect(error.details).toEqual([expect.stringMatching(/^tables\.1\.name: .*string/), expect.stringMatching(/^batch: .*>0/)]);
    await expect(parseParams(evenNumbers, { n: 3 }, "flow 'halve'")).rejects.toMatchObject({
      message: "The parameters of flow 'halve' do not fit: n: must be even; and I do not like it.",
    });
  });
});

describe('the JSON schema of parameters', () => {
  test('is that of what goes in: a default makes a parameter optional', () => {
    expect(toJsonSchema(z.object({ table: z.string(), batch: z.number().default(500) }))).toEqual({
      type: 'object',
      properties: { table: { type: 'string' }, batch: { type: 'number', default: 500 } },
      required: ['table'],
    });
  });

  test('takes anything where a library tells none, or where there is no schema', () => {
    expect(toJsonSchema(evenNumbers)).toEqual({ type: 'object', additionalProperties: true });
    expect(toJsonSchema(undefined)).toEqual({ type: 'object', additionalProperties: true });
  });
});
