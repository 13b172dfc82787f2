import { columns, type Row, type TableContent } from '../demo-table.ts';
import { packageJson } from '../read-package.ts';

interface Caniuse {
  readonly data: { readonly [feature: string]: { readonly stats: { readonly [browser: string]: { readonly [version: string]: string } } } };
}

function* flatten({ data }: Caniuse): Generator<Row> {
  for (const [feature, { stats }] of Object.entries(data)) {
    for (const [browser, versions] of Object.entries(stats)) {
      for (const [version, support] of Object.entries(versions)) yield [feature, browser, version, support];
    }
  }
}

/** Which version of which browser has which feature; `support` is codes such as `y`, `a x #2`. */
export const caniuseSupport: TableContent = {
  columns: columns({ feature: 'text not null', browser: 'text not null', version: 'text not null', support: 'text not null' }),
  rows: async () => flatten(await packageJson<Caniuse>('caniuse-db', 'data.json')),
};
