import type { ErrorCode } from '@sluice/core/errors/catalog';
import { isSluiceError } from '@sluice/core/errors/sluice-error';

const CODES: readonly ErrorCode[] = ['NOT_FOUND', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED'];

/** How a Prefect server answers to a route of ours that names no record. */
export const isMissingRoute = (error: unknown): boolean => isSluiceError(error) && CODES.includes(error.code);
