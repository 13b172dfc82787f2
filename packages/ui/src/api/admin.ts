import type { RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type ServerStatus = RouteOutput<'GET /admin/status'>;
export type ServerSetting = RouteOutput<'GET /admin/config'>[number];

/** Nothing on the stream tells how a server does. */
const STATUS_MS = 3000;

export const admin = {
  status: () => question([], 'GET /admin/status'),
  /** The same for as long as it is looked at. */
  statusNow: () => ({ ...admin.status(), refetchInterval: STATUS_MS, staleTime: STATUS_MS }),
  settings: () => question([], 'GET /admin/config'),
};
