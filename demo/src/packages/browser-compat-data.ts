import { type Cell, columns, type Row, type TableContent } from '../demo-table.ts';
import { packageJson } from '../read-package.ts';

interface Statement {
  readonly version_added: string | false;
  readonly version_removed?: string;
  readonly version_last?: string;
  readonly partial_implementation?: boolean;
  readonly prefix?: string;
  readonly alternative_name?: string;
  readonly notes?: string | readonly string[];
  readonly impl_url?: string | readonly string[];
  readonly flags?: readonly { readonly [key: string]: unknown }[];
}

interface Feature {
  readonly __compat?: { readonly support: { readonly [browser: string]: Statement | readonly Statement[] } };
  readonly [name: string]: unknown;
}

const list = (value: string | readonly string[] | undefined): readonly string[] | null => (value === undefined ? null : [value].flat());

/** A JSON value inside of `jsonb`: a string keeps its quotes there. */
const json = (value: unknown): Cell => (value === undefined ? null : JSON.stringify(value));

function* statementsOf(path: string, { support }: NonNullable<Feature['__compat']>): Generator<Row> {
  for (const [browser, statements] of Object.entries(support)) {
    for (const [ordinal, statement] of [statements].flat().entries()) {
      const { version_added, version_removed, version_last, partial_implementation, prefix, alternative_name, notes, impl_url, flags } = statement;
      yield [
        path,
        browser,
        ordinal,
        json(version_added),
        version_removed ?? null,
        version_last ?? null,
        partial_implementation ?? null,
        prefix ?? null,
        alternative_name ?? null,
        list(notes),
        list(impl_url),
        json(flags),
      ];
    }
  }
}

function* walk(path: string, feature: Feature): Generator<Row> {
  if (feature.__compat) yield* statementsOf(path, feature.__compat);
  for (const [name, child] of Object.entries(feature)) {
    if (name !== '__compat' && typeof child === 'object' && child !== null) yield* walk(path ? `${path}.${name}` : name, child as Feature);
  }
}

/** One row for each statement about a feature and a browser. `version_added` is a version or `false`, in `jsonb`. */
export const browserSupport: TableContent = {
  columns: columns({
    path: 'text not null',
    browser: 'text not null',
    ordinal: 'smallint not null',
    version_added: 'jsonb not null',
    version_removed: 'text',
    version_last: 'text',
    partial_implementation: 'boolean',
    prefix: 'text',
    alternative_name: 'text',
    notes: 'text[]',
    impl_url: 'text[]',
    flags: 'jsonb',
  }),
  rows: async () => {
    const { __meta, browsers, ...features } = await packageJson<Feature>('@mdn/browser-compat-data', 'data.json');
    return walk('', features);
  },
};
