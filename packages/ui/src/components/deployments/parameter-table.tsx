import { isObject } from '@sluice/core/lib/json';
import type { Deployment } from '../../api/deployments.ts';
import { Card } from '../base/card.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Json } from '../base/facts.tsx';
import { Empty } from '../base/notice.tsx';
import { schemaWords } from '../schema-form/schema-words.ts';

interface Parameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: unknown;
  /** What it is when a run does not say. */
  readonly usual: unknown;
}

const columns = columnsOf<Parameter>((column) => [
  column.display({ id: 'name', header: 'Parameter', cell: ({ row }) => <code>{row.original.name}</code> }),
  column.display({ id: 'kind', header: 'What it is', cell: ({ row }) => schemaWords(row.original.schema) }),
  column.display({ id: 'usual', header: 'If not given', cell: ({ row }) => <Usual {...row.original} /> }),
  column.display({ id: 'about', header: 'About', cell: ({ row }) => aboutOf(row.original.schema), meta: { wideOnly: true } }),
]);

const aboutOf = (schema: unknown) => (isObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : '');

function Usual({ usual, isRequired }: Parameter) {
  if (usual === undefined) return isRequired ? <strong>must be given</strong> : <span className="quiet">left out</span>;
  return <code>{JSON.stringify(usual)}</code>;
}

/** What a run of the deployment takes, and what it is when a run does not say. */
export function ParameterTable({ deployment: { parameters: defaults, parameter_openapi_schema: schema } }: { readonly deployment: Deployment }) {
  const properties: { readonly [name: string]: unknown } = isObject(schema?.['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema?.['required']) ? schema['required'] : [];
  const names = [...new Set([...Object.keys(properties), ...Object.keys(defaults)])];
  const rows = names.map((name) => {
    const property = properties[name];
    const usual = Object.hasOwn(defaults, name) ? defaults[name] : isObject(property) ? property['default'] : undefined;
    return { name, schema: property, isRequired: required.includes(name), usual };
  });
  const empty = <Empty title="It takes no parameters">Its flow has no schema for them, or an empty one.</Empty>;
  return (
    <>
      <Card flush>
        <DataTable label="Parameters" rows={rows} columns={columns} rowKey={({ name }) => name} empty={empty} />
      </Card>
      {schema && rows.length > 0 && (
        <details>
          <summary>The JSON schema</summary>
          <Json value={schema} />
        </details>
      )}
    </>
  );
}
