import { question } from './query.ts';

export const admin = {
  status: () => question([], 'GET /admin/status'),
};
