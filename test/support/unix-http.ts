import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface HttpRequest {
  /** `unix:///run/docker.sock` */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** A Buffer is sent as a tar archive, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request over a unix socket, on a connection of its own. Waits for the whole answer. */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const response = await openRequest(request);
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

/** Settles with the first line and headers; the body may stay open for ever. */
export function openRequest({
  host,
  method,
  path,
  body,
  signal,
  headers = {},
}: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const contentType = Buffer.isBuffer(body) ? "application/x-tar" : "application/json";
    const sent = httpRequest(
      {
        socketPath: host.replace(/^unix:\/\//, ""),
        method,
        path,
        agent: false,
        headers: { ...headers, ...(payload === undefined ? {} : { "content-type": contentType }) },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(payload);
  });
}
