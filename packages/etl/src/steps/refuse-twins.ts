import { SluiceError } from '@sluice/core/errors/sluice-error';
import { formatName, parseName } from '../names/qualified-name.ts';
import { placeInto } from './place-into.ts';

/** Tables of one job that would stand in the same place of the warehouse: the second would take the place of the first, and nobody be told. */
export function refuseTwins(tables: readonly string[], into: string | undefined): void {
  const places = Map.groupBy(tables, (table) => formatName(placeInto(parseName(table) ?? { schema: '', name: table }, into)));
  const twins = [...places].filter(([, all]) => all.length > 1);
  if (twins.length === 0) return;
  const told = twins.map(([place, all]) =>
    new Set(all).size === 1 ? `${all[0]} is named ${all.length} times` : `${all.join(' and ')} would both be ${place}`,
  );
  throw new SluiceError('USAGE', `Two tables cannot have the same place in the warehouse: ${told.join('; ')}.`, {
    hint: "In the list, give the second another name and say what it is in its source: { name: 'shop.orders', source: 'shop', from: 'public.orders' }.",
  });
}
