import type { adminRoutes } from '@sluice/core/api/admin-routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { askForLife } from '../../store/database-facts.ts';
import type { Deps, Handlers } from '../handlers.ts';

/** The Prefect release whose API this server speaks: 3.x clients refuse a server of another major, and warn about an older one. */
export const PREFECT_VERSION = '3.9.1';
export const API_VERSION = '0.8.4';

type Keys = keyof typeof adminRoutes;

export const adminHandlers = ({ database, settings, status }: Deps): Handlers<Keys> => ({
  'GET /health': async () => true,
  'GET /ready': async () => {
    await askForLife(database.sql);
    return { message: 'OK' };
  },
  'GET /version': async () => API_VERSION,
  'GET /admin/version': async () => PREFECT_VERSION,
  'GET /hello': async () => '👋',
  'GET /csrf-token': async () => {
    throw new SluiceError('INVALID_REQUEST', 'CSRF protection is disabled.', { hint: 'Send requests without a token.' });
  },
  'GET /admin/config': async () => [...settings],
  'GET /admin/status': status,
});
