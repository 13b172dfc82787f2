/** Seconds before another try, as in the guide: 10 for a query, 60 for a table. `SLUICE_RETRY_SECONDS` shortens both, for trying out. */
const shortened = process.env['SLUICE_RETRY_SECONDS'];

export const retryDelays = { task: Number(shortened ?? 10), flow: Number(shortened ?? 60) };
