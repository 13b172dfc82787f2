export { DIRTY_ROWS } from './dirty.ts';
export { type Seeded, type SeedOptions, type SeedProgress, seedDemo } from './seed.ts';
export { DEMO_TABLES, type DemoTable } from './tables.ts';
