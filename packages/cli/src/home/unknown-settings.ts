import { nearest } from '@sluice/core/lib/nearest';
import { SETTINGS } from '@sluice/core/settings/settings';

const PREFIX = 'SLUICE_';
/** Names that stand for many: `SLUICE_SOURCE_SALES` is the URL of the source `sales`. */
const FAMILIES = ['SLUICE_SOURCE_', 'SLUICE_TEST_'];

const SETTING_NAMES: readonly string[] = Object.values(SETTINGS).flatMap(({ names }) => names);

/** Variables with our prefix that are not a setting: each with a sentence that says which one may have been meant. */
export function unknownSettings(names: Iterable<string>): string[] {
  const unknown = [...names].filter(
    (name) => name.startsWith(PREFIX) && !SETTING_NAMES.includes(name) && !FAMILIES.some((family) => name.startsWith(family)),
  );
  return unknown.map((name) => `${name} is not a setting.${suggest(name)}`);
}

/** The nearest setting of ours. The prefix is left out: it would make every name alike. */
export function suggest(name: string): string {
  const known = SETTING_NAMES.flatMap((each) => (each.startsWith(PREFIX) ? [each.slice(PREFIX.length)] : []));
  const [near] = nearest(name.replace(/^(SLUICE|PREFECT)_/, ''), known);
  return near ? ` Did you mean ${PREFIX}${near}?` : '';
}
