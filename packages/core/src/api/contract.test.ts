import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../lib/json.ts';
import { openapi } from './openapi.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

const rows = Object.entries(routes) as [string, Route][];
const pathParameters = (key: string) => [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

describe('the route table', () => {
  test.each(rows)('%s', (key, route) => {
    expect(key).toMatch(/^(GET|POST|PUT|PATCH|DELETE) (\/(\w[\w-]*|\{[a-z_]+\}))+\/?$/);
    expect(pathParameters(key), 'its parameters are those of its path').toEqual(Object.keys(route.params?.shape ?? {}));
    expect(route.summary.length).toBeGreaterThan(5);
    expect(route.summary, 'a heading, not a sentence').not.toMatch(/\.$/);
    if (/^(GET|DELETE)/.test(key)) expect(route.body, 'has no body').toBeUndefined();
    if (route.status === 204) expect(route.ok).toBeInstanceOf(z.ZodUndefined);
  });

  test('no two routes are the same to a router', () => {
    const shapes = rows.map(([key]) => key.replaceAll(/\{\w+\}/g, '{}').replace(/\/$/, ''));
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) !== index)).toEqual([]);
  });

  test('only health and readiness are answered without a key', () => {
    expect(rows.filter(([, route]) => route.open).map(([key]) => key)).toEqual(['GET /health', 'GET /ready']);
  });

  test('what is not Prefect’s is marked', () => {
    expect(rows.filter(([, route]) => route.ours).map(([key]) => key)).toMatchInlineSnapshot(`
      [
        "GET /admin/config",
        "GET /admin/status",
        "POST /flow_runs/page",
        "POST /flow_runs/summary",
        "POST /flow_runs/{id}/beat",
        "POST /flow_runs/wait",
        "GET /flow_runs/{id}/wait_reason",
        "GET /flow_runs/{id}/trace",
        "GET /flow_runs/{id}/board",
        "PUT /flow_runs/{id}/progress",
        "POST /flow_runs/progress",
        "GET /flow_runs/{id}/restart",
        "POST /flow_runs/{id}/restart",
        "GET /task_runs/{id}/wait_reason",
        "POST /task_runs/page",
        "POST /task_runs/summary",
        "POST /task_runs/step",
        "GET /results/{id}",
        "POST /deployments/{id}/backfill",
        "POST /bundles/",
        "PUT /bundles/{id}/chunks/{index}",
        "POST /bundles/{id}/check",
        "POST /bundles/filter",
        "POST /bundles/prune",
        "GET /bundles/{name}",
        "GET /bundles/{name}/chunks/{index}",
        "POST /sources/",
        "POST /sources/filter",
        "POST /sources/url",
        "DELETE /sources/{id}",
        "POST /work_pools/{name}/workers/beat",
        "POST /work_pools/{name}/claim",
        "GET /work_pools/{name}/overview",
        "GET /work_pools/{name}/waits",
        "GET /work_pools/{name}/queue_depth",
        "GET /limits",
        "POST /logs/page",
        "POST /logs/histogram",
        "POST /table_loads/",
        "POST /table_loads/filter",
        "GET /table_loads/{id}",
        "GET /events/stream",
        "GET /overview",
      ]
    `);
  });

  test('a request with a field that no route knows is refused wherever a record is made or changed', () => {
    const lenient = rows.filter(([, { body }]) => body?.safeParse({ no_such_field: 1 }).success);
    expect(lenient.map(([key]) => key)).toMatchInlineSnapshot(`
      [
        "PATCH /flow_runs/{id}/labels",
        "POST /v2/concurrency_limits/leases/{id}/renew",
        "POST /concurrency_limits/tag/{tag}/reset",
      ]
    `);
  });
});

describe('the OpenAPI document', () => {
  const document = openapi(routes, '0.1.0') as JsonObject & {
    paths: { [path: string]: { [method: string]: JsonObject } };
    components: { schemas: { [name: string]: { properties?: JsonObject; required?: string[] } } };
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as JsonObject & Operation })),
  );
  interface Operation {
    readonly parameters: { name: string; in: string; required: boolean; schema: JsonObject }[];
    readonly responses: { [status: string]: JsonObject };
    readonly requestBody?: { content: { 'application/json': { schema: JsonObject } } };
    readonly security?: unknown[];
  }

  test('has every route once, under /api', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Sluice', version: '0.1.0' } });
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path.slice('/api'.length)}`).sort()).toEqual(Object.keys(routes).sort());
  });

  test('names every parameter of a path, and each says what it is', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(pathParameters(path));
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
    const filter = operations.find(({ path, method }) => path === '/api/flow_run_states/' && method === 'get');
    expect(filter?.operation.parameters).toEqual([
      { name: 'flow_run_id', in: 'query', required: true, schema: expect.objectContaining({ format: 'uuid' }) },
    ]);
  });

  test('has an answer and an error for each, and a body where one is sent', () => {
    for (const { path, method, operation } of operations) {
      const route = rows.find(([key]) => key === `${method.toUpperCase()} ${path.slice('/api'.length)}`)?.[1] as Route;
      expect(Object.keys(operation.responses), path).toEqual([String(route.reply === 'socket' ? 101 : (route.status ?? 200)), 'default']);
      expect(operation.requestBody !== undefined, path).toBe(route.body !== undefined);
      expect(operation.security, path).toEqual(route.open ? [] : undefined);
    }
  });

  test('is JSON without references that lead nowhere', () => {
    const text = JSON.stringify(document);
    expect(JSON.parse(text)).toEqual(document);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target));
    expect([...references].map((target) => target?.replace('#/components/schemas/', '')).sort()).toEqual(Object.keys(document.components.schemas));
    expect(text).not.toContain('"$schema"');
  });

  test('tells what many routes share once, by its name', () => {
    const schemaAt = (path: string, method: string) => document.paths[path]?.[method]?.['responses'];
    expect(schemaAt('/api/flow_runs/{id}', 'get')).toMatchObject({
      200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/FlowRun' } } } },
    });
    const { FlowRun, FlowRunFilter, TaskRunCreate } = document.components.schemas;
    expect(FlowRun?.properties).toMatchObject({ state: { anyOf: [{ $ref: '#/components/schemas/State' }, { type: 'null' }] } });
    expect(Object.keys(FlowRunFilter?.properties ?? {})).toContain('deployment_id');
    expect(TaskRunCreate?.required).not.toContain('tags');
  });

  test('keeps what a request may leave out apart from what an answer always has', () => {
    const { TaskRunPolicy, TaskRunPolicyInput } = document.components.schemas;
    expect(TaskRunPolicyInput?.required ?? []).toEqual([]);
    expect(TaskRunPolicy?.required).toContain('max_retries');
  });
});
