import { readFile } from 'node:fs/promises';
import { columns, type Row, type TableContent } from '../demo-table.ts';
import { sampledSql, withDuckdb } from '../duckdb.ts';
import { packageFile, packageJson } from '../read-package.ts';

export const vegaFile = (file: string): string => packageFile('vega-datasets', `data/${file}`);

/** Rows of one of its CSV files, which hold no quotes; an empty value is NULL. */
async function csvRows(file: string): Promise<Iterable<Row>> {
  const lines = (await readFile(vegaFile(file), 'utf8')).trimEnd().split(/\r?\n/).slice(1);
  return lines.values().map((line) => line.split(',').map((value) => (value === '' ? null : value)));
}

/** Flights may be equal in all that is known of them: they have no key. */
export const flights: TableContent = {
  columns: columns({
    date: 'timestamp not null',
    delay: 'smallint not null',
    distance: 'smallint not null',
    origin: 'char(3) not null',
    destination: 'char(3) not null',
  }),
  rows: async () => [],
  writeCsv: (file, share) =>
    withDuckdb(`copy (select * exclude file_row_number from read_parquet('${vegaFile('flights-3m.parquet')}', file_row_number = true)
      where ${sampledSql('file_row_number', share)}) to '${file}' (format csv, header false)`),
};

/** The hours of weather as a Parquet file. */
export const writeWeatherHourly = (file: string, share: number): Promise<void> =>
  withDuckdb(`copy (select date, pressure, temperature, wind
      from (select *, row_number() over () - 1 as hour from read_csv('${vegaFile('seattle-weather-hourly-normals.csv')}',
        header = true, auto_detect = false, parallel = false, columns = {date: 'TIMESTAMP', pressure: 'DOUBLE', temperature: 'DOUBLE', wind: 'DOUBLE'}))
      where ${sampledSql('hour', share)}) to '${file}' (format parquet)`);

export const species: TableContent = {
  // County 01001 is not county 1001: numbers that are names stay text.
  columns: columns({
    item_id: 'char(24) not null',
    common_name: 'text not null',
    scientific_name: 'text not null',
    gap_species_code: 'varchar(8) not null',
    county_id: 'char(5) not null',
    habitat_yearround_pct: 'real',
  }),
  rows: () => csvRows('species.csv'),
};

export const birdstrikes: TableContent = {
  columns: columns({
    'Airport Name': 'text',
    'Aircraft Make Model': 'text',
    'Effect Amount of damage': 'text',
    'Flight Date': 'date',
    'Aircraft Airline Operator': 'text',
    'Origin State': 'text',
    'Phase of flight': 'text',
    'Wildlife Size': 'text',
    'Wildlife Species': 'text',
    'Time of day': 'text',
    'Cost Other': 'integer',
    'Cost Repair': 'integer',
    'Cost Total $': 'integer',
    'Speed IAS in knots': 'smallint',
  }),
  rows: () => csvRows('birdstrikes.csv'),
};

export const weather: TableContent = {
  columns: columns({
    location: 'text',
    date: 'date',
    precipitation: 'numeric(4,1)',
    temp_max: 'numeric(3,1)',
    temp_min: 'numeric(3,1)',
    wind: 'numeric(3,1)',
    weather: 'text',
  }),
  key: ['location', 'date'],
  rows: () => csvRows('weather.csv'),
};

export const co2: TableContent = {
  columns: columns({ Date: 'date', CO2: 'numeric(5,2)', 'adjusted CO2': 'numeric(5,2)' }),
  key: ['Date'],
  rows: () => csvRows('co2-concentration.csv'),
};

export const penguins: TableContent = {
  columns: columns({
    Species: 'text',
    Island: 'text',
    'Beak Length (mm)': 'numeric(4,1)',
    'Beak Depth (mm)': 'numeric(4,1)',
    'Flipper Length (mm)': 'smallint',
    'Body Mass (g)': 'smallint',
    Sex: 'text',
  }),
  rows: async () => {
    const birds = await packageJson<Record<string, string | number | null>[]>('vega-datasets', 'data/penguins.json');
    return birds.values().map((bird) => penguins.columns.map(({ name }) => bird[name] ?? null));
  },
};

interface Quake {
  readonly id: string;
  readonly properties: {
    readonly mag: number;
    readonly place: string;
    readonly time: number;
    readonly updated: number;
    readonly felt: number | null;
  };
  readonly geometry: { readonly coordinates: readonly number[] };
}

const timestamp = (ms: number): string => new Date(ms).toISOString();

export const earthquakes: TableContent = {
  columns: columns({
    id: 'text',
    magnitude: 'numeric',
    place: 'text',
    time: 'timestamptz',
    updated_at: 'timestamptz',
    felt: 'integer',
    coordinates: 'double precision[]',
    properties: 'jsonb',
    geometry: 'json',
  }),
  key: ['id'],
  rows: async () => {
    const { features } = await packageJson<{ features: Quake[] }>('vega-datasets', 'data/earthquakes.json');
    return features.values().map(({ id, properties, geometry }) => {
      const { mag, place, time, updated, felt } = properties;
      return [id, mag, place, timestamp(time), timestamp(updated), felt, geometry.coordinates, properties, geometry];
    });
  },
};
