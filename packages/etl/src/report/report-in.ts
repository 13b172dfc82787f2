import { isObject, type Json } from '@sluice/core/lib/json';
import { type Packed, unpack } from '../steps/packed.ts';
import type { Report } from './report.ts';

/** The report in the result of the task that has written it; undefined in one of an older Sluice. */
export const reportIn = (result: Json | undefined): Report | undefined =>
  isObject(result) && isObject(result['report']) ? unpack(result['report'] as unknown as Packed<Report>) : undefined;
