import { isObject } from '../lib/json.ts';

/** Whether a state's data names a result that can be read again. Prefect 2.13.7 marks those that cannot as `unpersisted`. */
export const hasResult = (data: unknown): boolean => data != null && !(isObject(data) && data['type'] === 'unpersisted');
