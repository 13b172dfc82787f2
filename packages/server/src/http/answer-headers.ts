import { SLUICE_HEADER } from '@sluice/core/api/sluice-header';

/** For every answer: the browser takes it for what it is told to be, and tells nobody where it was. */
export const HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
/** For the page: it loads and sends nothing elsewhere, and nobody frames it. */
export const PAGE_HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
/** For everything else: records of the moment, which are not a page. A client sees by one of them whose server it is. */
export const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  [SLUICE_HEADER]: '1',
};
