/** In every answer of a Sluice server, under `/api`. Prefect's server has none, and none of the routes that are `ours`. */
export const SLUICE_HEADER = 'x-sluice';
