import { readdirSync, readFileSync } from 'node:fs';
import { columns, type Row, type TableContent } from '../demo-table.ts';
import { packageFile } from '../read-package.ts';

const FILE = /^(.+)\.min\.json$/;
const DATE = /"date":"([\d-]+)"/;
const RATE = /"([^"]+)":(-?\d[\d.eE+-]*)/g;

/** One file for each currency, with its rate to every other. The digits of a rate are taken as they stand: a number would round them. */
function* rates(): Generator<Row> {
  const folder = packageFile('@fawazahmed0/currency-api', 'v1/currencies');
  for (const file of readdirSync(folder).sort()) {
    const [, base] = FILE.exec(file) ?? [];
    if (base === undefined) continue;
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    const [, date = null] = DATE.exec(text) ?? [];
    for (const [, quote = null, rate = null] of text.matchAll(RATE)) yield [date, base, quote, rate];
  }
}

export const fxRates: TableContent = {
  columns: columns({ date: 'date', base: 'text', quote: 'text', rate: 'numeric not null' }),
  key: ['date', 'base', 'quote'],
  rows: async () => rates(),
};
