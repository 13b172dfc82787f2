import { isObject } from '@sluice/core/lib/json';
import { schemaWords } from './schema-words.ts';

/** What a checker says, of @cfworker/json-schema. */
interface Unit {
  readonly keyword: string;
  /** `#/properties/table/type` */
  readonly keywordLocation: string;
  /** `#/table` */
  readonly instanceLocation: string;
  readonly error: string;
}

export interface SchemaFault {
  readonly path: readonly string[];
  readonly words: string;
}

/** They only say that something inside them is wrong. */
const OUTER = new Set(['properties', 'items', 'prefixItems', 'additionalProperties', 'patternProperties', '$ref', 'allOf', 'then', 'else', 'if']);
/** What is wrong with one branch says little: the branches together do. */
const BRANCHES = new Set(['anyOf', 'oneOf', 'not']);

/** Faults in words, each at the field that it is of. */
export function faultsOf(units: readonly Unit[], schema: unknown): readonly SchemaFault[] {
  const branches = units.filter(({ keyword }) => BRANCHES.has(keyword)).map(({ keywordLocation }) => `${keywordLocation}/`);
  const isWithinBranch = ({ keywordLocation }: Unit) => branches.some((branch) => keywordLocation.startsWith(branch));
  const isMeant = (unit: Unit) => (!OUTER.has(unit.keyword) || unit.error.startsWith('False boolean')) && !isWithinBranch(unit);
  return units.filter(isMeant).flatMap((unit) => faultOf(unit, schema));
}

const pointerOf = (location: string) =>
  location
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));

/** What stands at a place of a schema; undefined when it leads through a reference. */
const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, part) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[part] : undefined), value);

function faultOf({ keyword, keywordLocation, instanceLocation, error }: Unit, schema: unknown): SchemaFault[] {
  const path = pointerOf(instanceLocation);
  const place = pointerOf(keywordLocation);
  const own = at(schema, place.slice(0, -1));
  const value = at(schema, place);
  if (keyword === 'required') {
    const name = /required property "(.*)"/.exec(error)?.[1];
    return [{ path: name === undefined ? path : [...path, name], words: 'must be given' }];
  }
  return [{ path, words: wordsOf(keyword, value, own) ?? error }];
}

function wordsOf(keyword: string, value: unknown, own: unknown): string | undefined {
  switch (keyword) {
    case 'type':
    case 'enum':
    case 'const':
    case 'anyOf':
    case 'oneOf':
      return isObject(own) ? `must be ${schemaWords(own)}` : undefined;
    case 'minimum':
      return `must be ${value} or more`;
    case 'maximum':
      return `must be ${value} or less`;
    case 'exclusiveMinimum':
      return `must be more than ${value}`;
    case 'exclusiveMaximum':
      return `must be less than ${value}`;
    case 'minLength':
      return `must have ${value} characters or more`;
    case 'maxLength':
      return `must have ${value} characters or fewer`;
    case 'minItems':
      return `must have ${value} entries or more`;
    case 'maxItems':
      return `must have ${value} entries or fewer`;
    case 'pattern':
      return `must match ${value}`;
    case 'format':
      return `must be ${value}`;
    default:
      return undefined;
  }
}
