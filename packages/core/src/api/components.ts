import { z } from 'zod';
import type { JsonObject } from '../lib/json.ts';
import * as artifact from '../model/artifact.ts';
import * as block from '../model/block.ts';
import * as bundle from '../model/bundle.ts';
import * as concurrencyLimit from '../model/concurrency-limit.ts';
import * as deployment from '../model/deployment.ts';
import * as flow from '../model/flow.ts';
import * as flowRun from '../model/flow-run.ts';
import * as flowRunInput from '../model/flow-run-input.ts';
import * as graph from '../model/graph.ts';
import * as limitUse from '../model/limit-use.ts';
import * as log from '../model/log.ts';
import * as logHistogram from '../model/log-histogram.ts';
import * as notificationPolicy from '../model/notification-policy.ts';
import * as progress from '../model/progress.ts';
import * as runPolicy from '../model/run-policy.ts';
import * as savedSearch from '../model/saved-search.ts';
import * as serverSetting from '../model/server-setting.ts';
import * as serverStatus from '../model/server-status.ts';
import * as state from '../model/state.ts';
import * as tableLoad from '../model/table-load.ts';
import * as taskRun from '../model/task-run.ts';
import * as ui from '../model/ui.ts';
import * as variable from '../model/variable.ts';
import * as waitReason from '../model/wait-reason.ts';
import * as workPool from '../model/work-pool.ts';
import * as worker from '../model/worker.ts';
import { filterSchemas } from './filter-schema.ts';

type Way = 'input' | 'output';
type Schemas = { [name: string]: JsonObject };

const MODELS = [
  artifact,
  block,
  bundle,
  concurrencyLimit,
  deployment,
  flow,
  flowRun,
  flowRunInput,
  graph,
  limitUse,
  log,
  logHistogram,
  notificationPolicy,
  progress,
  runPolicy,
  savedSearch,
  serverSetting,
  serverStatus,
  state,
  tableLoad,
  taskRun,
  ui,
  variable,
  waitReason,
  workPool,
  worker,
  filterSchemas,
];

/** Names of schemas, beside what schemas say of themselves by `meta`. */
class Names extends z.core.$ZodRegistry<{ id: string }> {
  override get<S extends z.core.$ZodType>(schema: S) {
    const said = z.globalRegistry.get(schema);
    const name = super.get(schema);
    return said || name ? ({ ...said, ...name } as ReturnType<z.core.$ZodRegistry<{ id: string }>['get']>) : undefined;
  }
}

/** Every schema that a model exports under a name with a capital, and the filters: such a schema is told once, and others refer to it. */
function namedSchemas(): Names {
  const names = new Names();
  for (const [id, schema] of MODELS.flatMap((model) => Object.entries(model as object))) {
    if (/^[A-Z]/.test(id) && schema instanceof z.ZodType) names.add(schema, { id });
  }
  return names;
}

const referred = (schema: JsonObject): string[] => [...JSON.stringify(schema).matchAll(/"\$ref":"[^"]*\/(\w+)"/g)].map(([, name]) => name as string);

/** Names that stand for one thing in a request and for another in an answer: defaults are filled in, texts are cleaned. */
function namesOfTwo({ input, output }: { [way in Way]: Schemas }): Set<string> {
  const common = Object.keys(input).filter((name) => name in output);
  const bare = (schema: JsonObject | undefined) => JSON.stringify(schema).replaceAll(/"#\/(?:input|output)\//g, '"');
  const two = new Set(common.filter((name) => bare(input[name]) !== bare(output[name])));
  for (let size = -1; size !== two.size; ) {
    size = two.size;
    for (const name of common) if (referred(input[name] as JsonObject).some((inner) => two.has(inner))) two.add(name);
  }
  return two;
}

/** Makes JSON schemas of an OpenAPI document. What has a name comes as a reference, and `resolve` puts it into the document's components. */
export function collectSchemas() {
  const metadata = namedSchemas();
  const named: { [way in Way]: Schemas } = { input: {}, output: {} };
  /** References say their way until all names are known. */
  const schemaOf = (schema: z.ZodType, way: Way): JsonObject => {
    const json = JSON.stringify(z.toJSONSchema(schema, { io: way, unrepresentable: 'any', metadata }));
    const { $schema: _, $defs = {}, ...rest } = JSON.parse(json.replaceAll('"#/$defs/', `"#/${way}/`)) as JsonObject & { $defs?: Schemas };
    Object.assign(named[way], $defs);
    return rest;
  };
  const resolve = (document: JsonObject & { readonly components: JsonObject }): JsonObject => {
    const two = namesOfTwo(named);
    const nameIn = (way: string, name: string) => (way === 'input' && two.has(name) ? `${name}Input` : name);
    const inputs = Object.entries(named.input).map(([name, schema]) => [nameIn('input', name), schema] as const);
    const schemas = Object.fromEntries([...inputs, ...Object.entries(named.output)].sort(([a], [b]) => (a < b ? -1 : 1)));
    const text = JSON.stringify({ ...document, components: { ...document.components, schemas } });
    return JSON.parse(text.replaceAll(/"#\/(input|output)\/(\w+)"/g, (_, way, name) => `"#/components/schemas/${nameIn(way, name)}"`)) as JsonObject;
  };
  return { schemaOf, resolve };
}
