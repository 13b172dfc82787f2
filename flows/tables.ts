import type { TableSpec } from '@sluice/etl';

const database = { source: 'demo' };
const files = { source: 'demo-files' };

/**
 * The tables of the job, largest first, so that no worker is left with the longest one at the end. Another table is another line:
 * its name in the warehouse, and the source it is read from. docs/etl.md tells how to name a source.
 */
export const tables: readonly TableSpec[] = [
  { name: 'public.flights', ...database, chunkMb: 64 },
  { name: 'public.caniuse_support', ...database },
  { name: 'public.browser_support', ...database },
  { name: 'public.cities', ...database },
  { name: 'public.fx_rates', ...database },
  { name: 'public.admin2', ...database },
  {
    name: 'public.zipcodes',
    ...files,
    from: 'zipcodes.csv',
    types: { latitude: 'DOUBLE', longitude: 'DOUBLE' },
    badRows: 'quarantine',
    badRowShare: 0.001,
  },
  { name: 'public.species', ...database },
  { name: 'public.birdstrikes', ...database },
  { name: 'public.weather_hourly', ...files, from: 'weather_hourly.parquet' },
  { name: 'public.airports_world', ...database },
  { name: 'public.regions', ...database },
  { name: 'public.admin1', ...database },
  { name: 'public.weather', ...database },
  { name: 'public.emoji', ...files, from: 'emoji.ndjson' },
  { name: 'public.earthquakes', ...database },
  { name: 'public.co2', ...database },
  { name: 'public.spdx_licenses', ...database },
  { name: 'public.penguins', ...database },
  { name: 'public.countries', ...database },
];
