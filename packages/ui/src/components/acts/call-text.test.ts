import { expect, test } from 'vitest';
import { curlOf, sluice } from './call-text.ts';

test('a call can be pasted into a shell, whatever a person has typed', () => {
  expect(curlOf('PATCH /work_pools/{name}', { params: { name: 'a "pool" $HOME `x`!' }, body: { description: "it's $5" } })).toBe(
    [
      'curl -X PATCH "$SLUICE_API_URL/work_pools/a%20%22pool%22%20%24HOME%20%60x%60%21"',
      "-H 'Content-Type: application/json'",
      String.raw`-d '{"description":"it'\''s $5"}'`,
    ].join(' \\\n  '),
  );
});

test('a key is named by its variable', () => {
  const call = { params: { name: 'etl' } };
  expect(curlOf('GET /work_pools/{name}', call, 'key')).toContain('Bearer $SLUICE_API_KEY');
  expect(curlOf('GET /work_pools/{name}', call, 'basic')).toContain('-u "$SLUICE_API_AUTH_STRING"');
  expect(curlOf('GET /work_pools/{name}', call)).toBe('curl "$SLUICE_API_URL/work_pools/etl"');
});

test('words of a command are quoted where a shell needs it, and left out where there are none', () => {
  expect(sluice('work-queue', 'pause', 'night shift', '-p', 'etl', undefined)).toBe("npx sluice work-queue pause 'night shift' -p etl");
});
