import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { isObject } from '@sluice/core/lib/json';
import { MAX_NAME, NAME_RULE } from '@sluice/core/lib/names';
import type { Schema } from './params.ts';
import { show, tryTo } from './text/show.ts';

/** What an option takes, and whether this is it. */
interface Rule {
  readonly takes: string;
  readonly fits: (value: unknown) => boolean;
}

export type Rules = Readonly<Record<string, Rule>>;

const LARGEST = 2_147_483_647;
/** As long as the server keeps a retry waiting. */
const YEAR_SECONDS = 31_536_000;
const MANY = 1000;
const SHORT = 4000;
const DELAYS = 50;

const secondsOf = (value: unknown): number => tryTo(() => toSeconds(value as Duration), Number.NaN);
const isCount = (least: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST;
const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
const isDelay = (value: unknown) => secondsOf(value) <= YEAR_SECONDS;
const positive = (value: unknown) => typeof value === 'number' && value > 0 && Number.isFinite(value);
const isFunction = (value: unknown) => typeof value === 'function';

const isOptional = (value: unknown, fits: (value: unknown) => boolean) => value === undefined || fits(value);
const isCache = ({ key, expires, refresh, ...others }: Readonly<Record<string, unknown>>) =>
  isFunction(key) &&
  isOptional(expires, (value) => secondsOf(value) > 0) &&
  isOptional(refresh, (value) => typeof value === 'boolean') &&
  Object.keys(others).length === 0;

const DURATION = 'seconds, or a number with ms, s, m, h or d, such as 90 or "1.5m"';
const text: Rule = { takes: 'a text without NUL', fits: isText };
const functionOnly: Rule = { takes: 'a function', fits: isFunction };

export const rules = {
  /** The name of a flow or a deployment: it is part of paths. */
  name: {
    takes: `1 to ${MAX_NAME} characters without / % & > <`,
    fits: (value) => isText(value) && NAME_RULE.test(value) && value.length <= MAX_NAME,
  },
  taskName: { takes: 'a text that is not empty', fits: (value) => typeof value === 'string' && value !== '' },
  text,
  shortText: { takes: `a text of at most ${SHORT} characters without NUL`, fits: (value) => isText(value) && value.length <= SHORT },
  runName: { takes: 'a text, or a function that makes one', fits: (value) => typeof value === 'string' || isFunction(value) },
  /** A part of the keys of inputs. */
  inputKey: { takes: 'letters, digits, dashes and underscores', fits: (value) => isText(value) && /^[\w-]{1,200}$/.test(value) },
  function: functionOnly,
  cache: {
    takes: `{ key, expires, refresh }: key a function, expires ${DURATION}, refresh true or false`,
    fits: (value) => isObject(value) && isCache(value),
  },
  hooks: { takes: 'a function, or a list of functions', fits: (value) => (Array.isArray(value) ? value.every(isFunction) : isFunction(value)) },
  flag: { takes: 'true or false', fits: (value) => typeof value === 'boolean' },
  tags: {
    takes: `a list of at most ${MANY} texts of 1 to ${MANY} characters`,
    fits: (value) => Array.isArray(value) && value.length <= MANY && value.every((tag) => isText(tag) && tag !== '' && tag.length <= MANY),
  },
  retries: { takes: 'a whole number from 0', fits: isCount(0) },
  count: { takes: 'a whole number from 1', fits: isCount(1) },
  concurrency: { takes: 'a whole number from 1, or Infinity', fits: (value) => value === Number.POSITIVE_INFINITY || isCount(1)(value) },
  amount: { takes: 'a number above 0', fits: positive },
  delay: { takes: `${DURATION}, and not more than a year`, fits: isDelay },
  delays: {
    takes: `${DURATION}, and not more than a year, or a list of at most ${DELAYS} of them`,
    fits: (value) => (Array.isArray(value) ? value.length <= DELAYS && value.every(isDelay) : isDelay(value)),
  },
  share: { takes: 'a number from 0', fits: (value) => value === 0 || positive(value) },
  timeout: { takes: `${DURATION}, and more than 0; when left out, there is no limit`, fits: (value) => secondsOf(value) > 0 },
  wait: { takes: `${DURATION}; when left out, there is no limit`, fits: (value) => secondsOf(value) >= 0 },
  date: { takes: 'a date', fits: (value) => value instanceof Date && !Number.isNaN(value.getTime()) },
  schema: { takes: 'a schema of zod, valibot, arktype or another library of Standard Schema', fits: (value) => isSchema(value) },
  texts: {
    takes: 'an object of texts',
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText),
  },
} satisfies Rules;

export const isSchema = (value: unknown): value is Schema =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;

/** Checks options as they were given: all that their rules refuse are reported together, by name. */
export function checkOptions(what: string, options: object, known: Rules): void {
  const faults = Object.entries(known).flatMap(([name, { takes, fits }]) => {
    const value: unknown = Reflect.get(options, name);
    return value === undefined || tryTo(() => fits(value), false) ? [] : [`${name} is ${show(value, 200)}, but takes ${takes}`];
  });
  if (faults.length > 0)
    throw new SluiceError('USAGE', `The options of ${what} do not fit: ${faults.join('; ')}.`, {
      hint: 'Change the options that are named.',
    });
}
