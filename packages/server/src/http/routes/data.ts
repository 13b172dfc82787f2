import type { Deps } from '../handlers.ts';
import { artifactHandlers } from './artifacts.ts';
import { blockDocumentHandlers } from './block-documents.ts';
import { blockSchemaHandlers } from './block-schemas.ts';
import { blockTypeHandlers } from './block-types.ts';
import { notificationPolicyHandlers } from './notification-policies.ts';
import { registryHandlers } from './registry.ts';
import { savedSearchHandlers } from './saved-searches.ts';
import { uiHandlers } from './ui.ts';
import { variableHandlers } from './variables.ts';

/** What clients keep on the server beside runs: plain records, which change by requests alone; and what Prefect's pages ask. */
export const dataHandlers = (deps: Deps) => ({
  ...variableHandlers(deps),
  ...artifactHandlers(deps),
  ...savedSearchHandlers(deps),
  ...blockTypeHandlers(deps),
  ...blockSchemaHandlers(deps),
  ...blockDocumentHandlers(deps),
  ...notificationPolicyHandlers(deps),
  ...registryHandlers(deps),
  ...uiHandlers(deps),
});
