import type { z } from 'zod';
import type { ReplyKind } from './replies.ts';

/** One row of the contract. The server mounts it, the client's types and the OpenAPI document are made from it. */
export interface Route {
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body of a good answer; undefined when there is none. */
  readonly ok: z.ZodType;
  /** Status of a good answer, 200 unless told. A create answers 201 when new and 200 when the record was there. */
  readonly status?: 200 | 201 | 202 | 204;
  /** How a good answer comes: JSON unless told. */
  readonly reply?: ReplyKind;
  /** The most bytes of a body: 2 MiB unless told. What a single field may hold is its schema's business (`model/field-limits.ts`). */
  readonly bodyLimit?: number;
  /** The body's schema repairs what PostgreSQL cannot hold; elsewhere it is refused. */
  readonly mends?: true;
  /** Its answer may be waited for: how long that takes says nothing of the server. */
  readonly waits?: true;
  /** Its body holds a secret: no answer and no log repeats any of it. */
  readonly secret?: true;
  /** Answered without a key. */
  readonly open?: true;
  /** Takes the header If-Match: the change is refused when the record is not any more as it was seen (`if-match.ts`). */
  readonly guarded?: true;
  /** Not in Prefect's API: a client finds out by asking, and 404 means that the server does not have it. */
  readonly ours?: true;
}

export const defineRoute = <const R extends Route>(route: R): R => route;
