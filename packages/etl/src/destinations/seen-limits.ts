/** What is told of a row is its beginning: so many columns, and characters of a value and of a bad row. */
export const SEEN = { columns: 100, value: 200, raw: 2000 };
