import type { IncomingHttpHeaders } from "node:http";

/** One question to an engine and what it said, as it stands in a file of this folder. */
export interface Exchange {
  /** `GET /images/json?all=1` */
  readonly request: string;
  readonly status: number;
  /** Those that are read. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const keptHeaders = ["api-version", "libpod-api-version"];

export function keptOf(headers: IncomingHttpHeaders): Exchange["headers"] {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

/** `> request`, `< status`, `< header: value`, and the body as it came. */
export function writeExchange({ request, status, headers, body }: Exchange): string {
  const told = Object.entries(headers).map(([name, value]) => `< ${name}: ${value}`);
  return [`> ${request}`, `< ${status}`, ...told, body.trimEnd(), ""].join("\n");
}

/** No line of a body begins like a request: they are JSON. */
export function readExchanges(text: string): Exchange[] {
  return text
    .split(/^> /m)
    .slice(1)
    .map((part) => {
      const [request = "", ...lines] = part.split("\n");
      const heads = lines.filter((line) => line.startsWith("< ")).map((line) => line.slice(2));
      const [status = "", ...headers] = heads;
      return {
        request,
        status: Number(status),
        headers: Object.fromEntries(headers.map((line) => line.split(": "))) as Record<string, string>,
        body: lines.slice(heads.length).join("\n"),
      };
    });
}

/** Without the moments, which are others in each run. */
export function withoutMoments(request: string): string {
  return request.replace(/(since|until)=[\d.]+/g, "$1=…");
}
