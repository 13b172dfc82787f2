import { expect, test } from 'vitest';
import { codeLanguage } from './code-language.ts';

test.each([
  ['flows/main-etl.ts:mainEtl', 'typescript'],
  ['main.mjs:default', 'typescript'],
  ['a.jsx:b', 'typescript'],
  ['flows/prefect_flow.py:main_etl', 'python'],
  ['package.module.flow', 'python'],
  ['main.rb:flow', undefined],
  ['', undefined],
  [null, undefined],
] as const)('an entrypoint %s is of %s', (entrypoint, language) => {
  expect(codeLanguage(entrypoint)).toBe(language);
});
