import type { ServerResponse } from "node:http";

/** What goes out to one request. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps the answer open behind the text. */
  readonly follow?: (response: ServerResponse) => void;
}

export function jsonReply(status: number, body: unknown): Reply {
  return { status, text: `${JSON.stringify(body)}\n` };
}

export function emptyReply(status: number): Reply {
  return { status, text: "" };
}
