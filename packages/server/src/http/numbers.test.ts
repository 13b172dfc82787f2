import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { parseBody } from './body.ts';

let server: TestServer;
let flow_id: string;
let deployment: string;
let run: string;
let task: string;

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const made = async (path: string, body: unknown) => ((await send('POST', path, { body })).json as { id: string }).id;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = await made('/flows/', { name: 'numbers' });
  await made('/work_pools/', { name: 'pool' });
  deployment = await made('/deployments/', { name: 'd', flow_id, enforce_parameter_schema: false });
  run = await made('/flow_runs/', { flow_id });
  task = await made('/task_runs/', { flow_run_id: run, task_key: 'k', dynamic_key: '0' });
});
afterAll(() => server.stop());

const value = '{"deep":[1,{"x":NUMBER}]}';
/** Every place of a body that keeps what a user wrote. */
const PLACES = (): [where: string, method: string, path: string, raw: string][] => [
  ['parameters of a run', 'POST', '/flow_runs/', `{"flow_id":"${flow_id}","parameters":${value}}`],
  ['context of a run', 'POST', '/flow_runs/', `{"flow_id":"${flow_id}","context":${value}}`],
  ['labels of a run', 'POST', '/flow_runs/', `{"flow_id":"${flow_id}","labels":{"x":NUMBER}}`],
  ['job variables of a run', 'POST', '/flow_runs/', `{"flow_id":"${flow_id}","job_variables":${value}}`],
  ['parameters of a run that is changed', 'PATCH', `/flow_runs/${run}`, `{"parameters":${value}}`],
  ['parameters of a deployment', 'POST', '/deployments/', `{"name":"n","flow_id":"${flow_id}","parameters":${value}}`],
  ['parameters of a deployment that is changed', 'PATCH', `/deployments/${deployment}`, `{"parameters":${value}}`],
  ['a default of its schema', 'PATCH', `/deployments/${deployment}`, '{"parameter_openapi_schema":{"properties":{"a":{"default":NUMBER}}}}'],
  ['parameters of its run', 'POST', `/deployments/${deployment}/create_flow_run`, `{"parameters":${value}}`],
  ['a result', 'POST', `/task_runs/${task}/set_state`, `{"force":true,"state":{"type":"COMPLETED","data":{"type":"sluice/v1","value":${value}}}}`],
  ['what a state carries', 'POST', `/flow_runs/${run}/set_state`, `{"force":true,"state":{"type":"RUNNING","data":${value}}}`],
  ['inputs of a task', 'POST', '/task_runs/', `{"flow_run_id":"${run}","task_key":"k","dynamic_key":"1","task_inputs":{"a":[NUMBER]}}`],
  ['the template of a pool', 'PATCH', '/work_pools/pool', `{"base_job_template":${value}}`],
];

describe('a number that cannot be kept exactly is refused, with its place', () => {
  test.each([
    '12345678901234567890',
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1E400',
    '1e-400',
    '-0',
    '-0.0',
    '0.1000000000000000000001',
    '123456789.123456789012',
  ])('%s', async (number) => {
    for (const [where, method, path, raw] of PLACES()) {
      const { status, json } = await send(method, path, { raw: raw.replace('NUMBER', number) });
      expect({ where, status, json }).toMatchObject({
        where,
        status: 422,
        json: {
          code: 'INVALID_REQUEST',
          detail: expect.stringMatching(new RegExp(`^body\\..*the number ${number.replaceAll('.', '\\.')} cannot be kept`)),
          hint: expect.any(String),
        },
      });
    }
  });
});

test('others are kept: whole numbers up to 2^53, decimals of 15 digits, whatever their spelling', async () => {
  for (const number of [
    '0',
    '9007199254740992',
    '-9007199254740992',
    '1.10',
    '0.00',
    '1e3',
    '1.5E+300',
    '0.1',
    '123456789012345',
    '100000000000000000000',
    '5e-324',
  ]) {
    for (const [where, method, path, raw] of PLACES().slice(0, 2)) {
      const answer = await send(method, path, { raw: raw.replace('NUMBER', number) });
      expect(answer.status, `${where} ${number} ${answer.text.slice(0, 200)}`).toBe(201);
      const { parameters, context } = answer.json as { [field: string]: { deep?: [number, { x: number }] } };
      expect((parameters?.['deep'] ?? context?.['deep'])?.[1].x).toBe(Number(number));
    }
  }
});

test('a text of digits is a text, and log lines are taken whatever they hold', async () => {
  const { status, json } = await send('POST', '/flow_runs/', {
    raw: `{"flow_id":"${flow_id}","parameters":{"x":"12345678901234567890","y":": -0, 1e400"}}`,
  });
  expect({ status, json }).toMatchObject({ status: 201, json: { parameters: { x: '12345678901234567890', y: ': -0, 1e400' } } });
});

test('a number is taken exactly when it comes back as it was', () => {
  const digits = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String);
  const number = fc
    .tuple(fc.constantFrom('', '-'), digits, fc.option(fc.stringMatching(/^\d{1,20}$/)), fc.option(fc.integer({ min: -330, max: 330 })))
    .map(([sign, whole, part, exponent]) => `${sign}${whole}${part === null ? '' : `.${part}`}${exponent === null ? '' : `e${exponent}`}`);
  fc.assert(
    fc.property(number, fc.constantFrom('{"a":N}', '[N]', '[0, N]', ' N', '{"a" : \n N}'), (text, around) => {
      const body = around.replace('N', text);
      let kept = true;
      try {
        parseBody(body);
      } catch {
        kept = false;
      }
      expect(kept, body).toBe(comesBack(text));
    }),
    { numRuns: 2000 },
  );
});

/** By exact arithmetic: the decimal that was written, and the one that JSON carries of the double. */
function comesBack(text: string): boolean {
  const back = JSON.stringify(Number(text));
  if (back === 'null') return false;
  const [a, b] = [rational(text), rational(back)];
  return a[0] * b[1] === b[0] * a[1] && !Object.is(Number(text), -0);
}

function rational(text: string): [numerator: bigint, denominator: bigint] {
  const [, sign = '', whole = '', part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const power = Number(exponent) - part.length;
  const digits = BigInt(`${sign}${whole}${part}`);
  return power >= 0 ? [digits * 10n ** BigInt(power), 1n] : [digits, 10n ** BigInt(-power)];
}
