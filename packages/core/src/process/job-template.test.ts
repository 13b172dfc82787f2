import { expect, test } from 'vitest';
import { faultOfTemplate, fillTemplate, templateDefaults, withDefault } from './job-template.ts';

test.each([
  ['a value takes the place of its placeholder, with its type', { a: '{{ n }}', b: ['{{ list }}'] }, { a: 3, b: [['x']] }],
  [
    'what has no value is left out, with its key',
    { a: '{{ nothing }}', b: '{{ none }}', c: ['{{ none }}', 1], d: { e: '{{ none }}' } },
    { c: [1], d: {} },
  ],
  ['a placeholder inside of a text is a part of that text', { a: 'n is {{n}}, and {{ none }}.' }, { a: 'n is 3, and .' }],
  ['anything else stays as it is', { a: null, b: true, c: '{ n }', d: 1.5 }, { a: null, b: true, c: '{ n }', d: 1.5 }],
  ['a value is not looked through: it may hold anything', { a: '{{ braces }}' }, { a: '{{ n }}' }],
])('%s', (_what, part, filled) => {
  expect(fillTemplate(part, { n: 3, list: ['x'], nothing: null, braces: '{{ n }}' })).toEqual(filled);
});

test('variables that nobody sets have the defaults of their schema', () => {
  const properties = { image: { type: 'string' }, namespace: { type: 'string', default: 'etl' }, ttl: { default: null } };
  expect(templateDefaults({ variables: { properties } })).toEqual({ namespace: 'etl', ttl: null });
  expect(templateDefaults({})).toEqual({});
});

test.each([
  [{}, undefined],
  [{ job_configuration: { a: '{{ image }}' }, variables: { properties: { image: {} } } }, undefined],
  [{ variables: {} }, 'it has no "job_configuration"'],
  [{ job_configuration: {}, variables: [] }, 'its "variables" are no JSON schema'],
  [{ job_configuration: { a: [{ b: 'x {{ imgae }}' }] }, variables: { properties: { image: {} } } }, '"{{ imgae }}" is none of its variables'],
])('a template %j has this fault: %s', (template, fault) => {
  expect(faultOfTemplate(template)).toBe(fault);
});

test('a variable of a template can be given another default, when there is such a variable', () => {
  const template = { job_configuration: { a: '{{ image }}' }, variables: { type: 'object', properties: { image: { type: 'string' } } } };
  expect(templateDefaults(withDefault(template, 'image', 'etl:1') ?? {})).toEqual({ image: 'etl:1' });
  expect(withDefault(template, 'imgae', 'etl:1')).toBeUndefined();
});
