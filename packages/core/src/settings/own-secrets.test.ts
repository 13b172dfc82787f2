import { expect, test } from 'vitest';
import { isOwnSecret } from './own-secrets.ts';
import { SETTINGS, type Setting } from './settings.ts';

test.each(Object.entries<Setting<unknown>>(SETTINGS))(
  'all names of the setting %s are secret when it is, and only then',
  (_name, { names, secret }) => {
    expect(names.map(isOwnSecret)).toEqual(names.map(() => secret === true));
  },
);

test.each([
  'PREFECT_API_DATABASE_CONNECTION_URL',
  'PREFECT_SERVER_DATABASE_CONNECTION_URL',
  'PREFECT_API_DATABASE_PASSWORD',
  'PREFECT_CLIENT_CUSTOM_HEADERS',
  'PREFECT_SERVER_ENCRYPTION_KEY',
  'SLUICE_SECRET_KEY',
  'SLUICE_DATABASE_PASSWORD',
])('%s is secret by its name', (name) => expect(isOwnSecret(name)).toBe(true));

test.each(['PATH', 'AWS_SECRET_ACCESS_KEY', 'API_KEY', 'MY_SLUICE_API_KEY', 'PREFECT_HOME', 'SLUICE_KEYBOARD', 'sluice_api_key'])(
  '%s is the user’s own',
  (name) => expect(isOwnSecret(name)).toBe(false),
);
