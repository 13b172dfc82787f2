import { z } from 'zod';
import type { JsonObject } from '../lib/json.ts';
import { collectSchemas } from './components.ts';
import { REPLIES } from './replies.ts';
import type { Route } from './route.ts';

const IF_MATCH_PARAMETER = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The `updated` of the record as it was seen, in quotes: one that was changed since stays as it is, and the answer is 409.',
  schema: { type: 'string' },
};

type SchemaOf = ReturnType<typeof collectSchemas>['schemaOf'];

function parameters(route: Route, schemaOf: SchemaOf): JsonObject[] {
  const of = (part: z.ZodObject | undefined, place: string) =>
    Object.entries(part?.shape ?? {}).map(([name, schema]) => ({
      name,
      in: place,
      required: place === 'path' || !(schema as z.ZodType).safeParse(undefined).success,
      schema: schemaOf(schema as z.ZodType, 'input'),
    }));
  return [...of(route.params, 'path'), ...of(route.query, 'query'), ...(route.guarded ? [IF_MATCH_PARAMETER] : [])];
}

function operation(route: Route, schemaOf: SchemaOf): JsonObject {
  const empty = route.status === 204 || route.ok instanceof z.ZodUndefined;
  const content = empty ? {} : { content: { [REPLIES[route.reply ?? 'json']]: { schema: schemaOf(route.ok, 'output') } } };
  return {
    summary: route.summary,
    tags: [route.tag],
    ...(route.ours && { 'x-sluice': true }),
    ...(route.open && { security: [] }),
    parameters: parameters(route, schemaOf),
    ...(route.body && { requestBody: { content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      [route.reply === 'socket' ? 101 : (route.status ?? 200)]: { description: 'Good', ...content },
      default: { description: 'An error, with a code and a sentence' },
    },
  };
}

/** The OpenAPI 3.1 document of a route table. */
export function openapi(routes: { [key: string]: Route }, version: string): JsonObject {
  const { schemaOf, resolve } = collectSchemas();
  const paths: { [path: string]: JsonObject } = {};
  for (const [key, route] of Object.entries(routes)) {
    const [method, path] = key.split(' ') as [string, string];
    paths[`/api${path}`] = { ...paths[`/api${path}`], [method.toLowerCase()]: operation(route, schemaOf) };
  }
  return resolve({
    openapi: '3.1.0',
    info: { title: 'Sluice', version, description: "Prefect's API, and Sluice's additions to it (x-sluice)." },
    security: [{ key: [] }, { basic: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } } },
    paths,
  });
}
