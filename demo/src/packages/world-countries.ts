import { type Cell, columns, type TableContent } from '../demo-table.ts';
import { packageJson } from '../read-package.ts';

export const countries: TableContent = {
  columns: columns({
    cca3: 'char(3)',
    cca2: 'char(2) not null',
    ccn3: 'varchar(3) not null',
    name: 'jsonb not null',
    tld: 'text[] not null',
    independent: 'boolean',
    status: 'text not null',
    unMember: 'boolean not null',
    currencies: 'jsonb not null',
    idd: 'jsonb not null',
    capital: 'text[] not null',
    altSpellings: 'text[] not null',
    region: 'text not null',
    subregion: 'text not null',
    languages: 'jsonb not null',
    translations: 'jsonb not null',
    latlng: 'double precision[] not null',
    landlocked: 'boolean not null',
    borders: 'char(3)[] not null',
    area: 'numeric not null',
    flag: 'text not null',
    demonyms: 'jsonb not null',
  }),
  key: ['cca3'],
  rows: async () => {
    const all = await packageJson<Record<string, Cell>[]>('world-countries', 'countries.json');
    return all.values().map((country) => countries.columns.map(({ name }) => country[name] ?? null));
  },
};
