/** The ways in which a good answer comes, and the type that it has then. The server sends it so, and the OpenAPI document says so. */
export const REPLIES = {
  json: 'application/json',
  /** Text as the handler makes it. */
  text: 'text/plain',
  /** A table as text, in slices. */
  csv: 'text/csv',
  /** Server-sent events, until the client hangs up. */
  stream: 'text/event-stream',
  /** A websocket: messages of JSON in both directions. */
  socket: 'application/json',
} as const satisfies { readonly [reply: string]: string };

export type ReplyKind = keyof typeof REPLIES;
