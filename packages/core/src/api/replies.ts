/** The ways in which a good answer comes, and the type that it has then. The server sends it so, and the OpenAPI document says so. */
export const REPLIES = {
  json: 'application/json',
  /** Text as the handler makes it. */
  text: 'text/plain',
  /** Server-sent events, until the client hangs up. */
  stream: 'text/event-stream',
} as const satisfies { readonly [reply: string]: string };

export type ReplyKind = keyof typeof REPLIES;
