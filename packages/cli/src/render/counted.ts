/** `1 row`, `2 rows`, `1,234 rows`. */
export const counted = (count: number, one: string, many: string): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
