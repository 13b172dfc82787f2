import { expect, test } from 'vitest';
import { jinjaFault } from './jinja-fault.ts';

test.each([
  '',
  'text',
  '{{ event.id }}',
  "{{ event.resource['prefect.resource.name'] | upper }} and {{ (a + b) * 2 }}",
  '{{ "}}" }}',
  '{{ a if b is not none else c }}',
  '{{ items | map(attribute="x") | join(", ") }}',
  '{% if a == 1 and not b %}x{% elif c %}y{% else %}z{% endif %}',
  '{% for key, value in d.items() %}{{ key }}{% else %}none{% endfor %}',
  '{%- set x = 1 -%}{% set y %}text{% endset %}',
  '{# {{ nothing #}',
  '{% raw %}{{ {% endraw %}',
  'a { b } c',
])('%s is a template', (template) => {
  expect(jinjaFault(template)).toBeUndefined();
});

test.each([
  ['{{ a', 1],
  ['one\n{{ }}', 2],
  ['{{ a | }}', 1],
  ['{{ (a }}', 1],
  ['{{ a b }}', 1],
  ['{% if a %}', 1],
  ['{% endif %}', 1],
  ['{% if a %}\n{% endfor %}', 2],
  ['{% if %}{% endif %}', 1],
  ['{% nothing %}', 1],
  ['{% for x %}{% endfor %}', 1],
  ['{% else %}', 1],
  [`${'{% for x in y %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`, 1],
  ['{% for x in y %}{% endfor %}'.repeat(11), 1],
])('%s is none, and the fault is in line %i', (template, line) => {
  expect(jinjaFault(template)).toMatchObject({ line, message: expect.stringMatching(/\S/) });
});
