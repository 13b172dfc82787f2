import { z } from 'zod';

/** A setting as the server sees it; `used` when it does something here, and not only for workers, flows and commands. */
export const ServerSetting = z.object({
  name: z.string(),
  value: z.string().nullable(),
  source: z.enum(['flag', 'environment', 'config.env', 'default']),
  found_as: z.string(),
  secret: z.boolean(),
  doc: z.string(),
  used: z.boolean(),
});
export type ServerSetting = z.infer<typeof ServerSetting>;
