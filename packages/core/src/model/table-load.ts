import { z } from 'zod';
import { instant, jsonObject, natural, stored, uuid } from './common.ts';
import { limited, longText, shortText } from './field-limits.ts';

/** A column of a loaded table: where it comes from, and the type that it has now. */
export const LoadedColumn = z.strictObject({ name: shortText, source_name: shortText, source_type: shortText, type: shortText });
export type LoadedColumn = z.infer<typeof LoadedColumn>;

/** A row in quarantine, as far as it is told to the server: `raw` is the beginning of a long one. */
export const QuarantineRow = z.strictObject({
  /** Names the row until it is mended. */
  id: shortText,
  load_id: z.string().max(100),
  line: z.int().min(0).nullable(),
  column: shortText.nullable(),
  reason: longText.nullable(),
  raw: longText.nullable(),
  /** Characters of the whole. */
  raw_length: z.int().min(0).nullable(),
  /** What was tried last in its place, and could not be kept either. */
  mended: longText.nullable(),
});
export type QuarantineRow = z.infer<typeof QuarantineRow>;

/** What a page shows of the load that stands in a table. */
export const LoadDetails = z.strictObject({
  parts: natural,
  /** How the rows of a table of PostgreSQL came. */
  lane: z.enum(['copy', 'scan']).optional(),
  /** The first of them, where there are very many. */
  columns: z.array(LoadedColumn).max(5000),
  columns_total: natural,
  notes: z.array(longText).max(5000),
  /** Of each column, as source and warehouse both have computed them: numbers as text. */
  sums: z.record(z.string(), z.record(z.string(), z.string().nullable())),
  /** The first rows: values as text, the beginning of long ones. */
  preview: z.strictObject({ columns: z.array(shortText).max(5000), rows: z.array(z.array(z.string().nullable())).max(1000) }),
  /** The first rows in quarantine. */
  quarantine: z.array(QuarantineRow).max(1000),
});
export type LoadDetails = z.infer<typeof LoadDetails>;

const rows = z.int().min(0);

const told = {
  /** The same for every try of the load. */
  load_id: z.string().min(1).max(100),
  /** Place of the warehouse, as its machine names it. */
  warehouse: shortText.min(1),
  /** Name in the warehouse: `public.orders`. */
  table: shortText.min(1),
  source: shortText.nullable(),
  /** Name in the source. */
  source_table: shortText.nullable(),
  rows_read: rows,
  rows_loaded: rows,
  rows_quarantined: rows,
  /** Of the files between source and warehouse. */
  bytes: z.int().min(0),
  seconds: z.number().min(0),
  verify: z.enum(['sums', 'full']),
  verified: z.boolean(),
  committed: instant,
  /** The load whose quarantined rows were mended and loaded by this one; its counts are those of the table after that. */
  replay_of: z.string().max(100).nullable(),
};

/** Ours: what a worker tells of a load that it has committed. The ledger in the warehouse is the truth; this is what pages show. */
export const TableLoadCreate = z.strictObject({ ...told, flow_run_id: uuid, details: limited('table_load', LoadDetails) });
export type TableLoadCreate = z.infer<typeof TableLoadCreate>;

/** A load of a table, as it was told. */
export const TableLoad = z.object({
  ...stored,
  ...told,
  flow_run_id: uuid,
  /** Of the flow run, which may be gone by now: what starts the same load again. */
  deployment_id: uuid.nullable(),
  worker_name: z.string().nullable(),
  /** Of a load that only added mended rows: the one before it that has read the table from its source. */
  whole_load: z.object({ rows_read: rows, bytes: rows, seconds: z.number() }).nullable(),
});
export type TableLoad = z.infer<typeof TableLoad>;

/** A load with all that was told of it. Details are kept of the newest load of a table only. */
export const WholeTableLoad = TableLoad.extend({ parameters: jsonObject.nullable(), details: LoadDetails.nullable() });
export type WholeTableLoad = z.infer<typeof WholeTableLoad>;
