import { z } from 'zod';

/** Figures of the last five minutes. Half and nearly all are told to a fifth; null when there was nothing. */
export const Figures = z.object({ count: z.int(), p50: z.number(), p95: z.number(), most: z.number() }).nullable();
export type Figures = z.infer<typeof Figures>;

/** A loop of the server. `lag_ms` is how much later than it should have its last turn began, `took_ms` how long that was. */
export const ServiceStatus = z.object({
  name: z.string(),
  every_seconds: z.number(),
  last_tick: z.string().nullable(),
  lag_ms: z.number().nullable(),
  took_ms: z.number().nullable(),
  last_error: z.string().nullable(),
});
export type ServiceStatus = z.infer<typeof ServiceStatus>;

/** What a server is and has, and how it does: times are milliseconds. */
export const ServerStatus = z.object({
  sluice_version: z.string(),
  api_url: z.string(),
  started: z.string(),
  database: z.object({
    version: z.string(),
    embedded: z.boolean(),
    bytes: z.number(),
    /** The newest migration that it has. */
    schema: z.string(),
    /** Statements that run now, on behalf of whomever, and for how long the longest has. */
    active_statements: z.int(),
    oldest_statement_ms: z.number(),
  }),
  home: z.string(),
  disk_free_bytes: z.number(),
  memory_bytes: z.number(),
  services: z.array(ServiceStatus),
  /** How long answers took, by route, the slowest first; but for routes that wait, and for streams. */
  requests: z.array(z.object({ route: z.string(), ms: Figures.unwrap() })),
  /** How late the process came to its work: other work in its way, or a machine with too little to give. */
  event_loop_delay_ms: Figures,
  /** Group commits: how many changes one has taken, how long it was, and how many changes wait for the next. */
  door: z.object({ waiting: z.int(), batch: Figures, batch_ms: Figures }),
  /** Who waits at this server now. */
  waiting: z.object({ event_streams: z.int(), claims: z.int(), slots: z.int() }),
});
export type ServerStatus = z.infer<typeof ServerStatus>;
