import type { AnyFlow } from '@sluice/sdk';
import { type Exported, loadExport } from './load-export.ts';

const isFlow = (value: unknown): value is AnyFlow => typeof value === 'function' && 'flowName' in value;

/** The flow that `file.ts:name` names. */
export const loadFlow = (entrypoint: string): Promise<Exported<AnyFlow>> => loadExport(entrypoint, { noun: 'flow', is: isFlow });
