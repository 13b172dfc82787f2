import { SETTINGS, type Setting } from './settings.ts';

const SECRET: ReadonlySet<string> = new Set(
  Object.values<Setting<unknown>>(SETTINGS)
    .filter(({ secret }) => secret)
    .flatMap(({ names }) => names),
);

/** What is not a setting here, and a secret by its name: those of Prefect's server, and of a release that is newer than this one. */
const BY_NAME = /^(SLUICE|PREFECT)_(\w+_)?(KEY|SECRET|PASSWORD|TOKEN|AUTH|CREDENTIALS?|(DATABASE|CONNECTION)_URL|CUSTOM_HEADERS)(_|$)/;

/** A variable of the environment that opens the server or its database. No flow needs it. */
export const isOwnSecret = (variable: string): boolean => SECRET.has(variable) || BY_NAME.test(variable);
