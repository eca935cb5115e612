import { validateHeaderName, validateHeaderValue } from "node:http";
import { join } from "node:path";
import { Failure } from "../../core/text/failure.js";
import { dockerFolder, readDockerConfig, type DockerEnvironment } from "./context.js";

export type HttpHeaders = Readonly<Record<string, string>>;

/** What the transport itself says; the docker command, too, lets nobody change these. */
const ofTransport = ["host", "user-agent", "connection", "content-length", "transfer-encoding", "upgrade"];

const variable = "DOCKER_CUSTOM_HEADERS";

/**
 * What the docker command sends along with every request, as a proxy before the engine may ask for it: DOCKER_CUSTOM_HEADERS,
 * else `HttpHeaders` of its config.json. https://github.com/docker/cli/blob/master/cli/command/cli_options.go
 *
 * @throws Failure of code `usage` for headers that cannot be sent; it never shows a value, which may be a secret.
 */
export function dockerHeaders(environment: DockerEnvironment): HttpHeaders {
  const custom = environment.env[variable] ?? "";
  const [headers, origin] =
    custom === "" ? configuredHeaders(dockerFolder(environment)) : [parseCustomHeaders(custom), variable];
  const sent = Object.entries(headers).filter(([name]) => !ofTransport.includes(name.toLowerCase()));
  for (const [name, value] of sent) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new Failure("usage", `${origin}: ${JSON.stringify(name)} cannot be sent as a header of HTTP.`);
    }
  }
  return Object.fromEntries(sent);
}

function configuredHeaders(folder: string): [headers: HttpHeaders, origin: string] {
  const path = join(folder, "config.json");
  const headers = readDockerConfig(path)["HttpHeaders"] ?? {};
  const origin = `${path}, HttpHeaders`;
  const isTable = typeof headers === "object" && !Array.isArray(headers);
  if (isTable && Object.values(headers).every((value) => typeof value === "string"))
    return [headers as HttpHeaders, origin];
  throw new Failure("usage", `${origin}: expected an object of texts.`);
}

/** A line of CSV: `name=value,"name=a value, with a comma"`. Later ones of a name count. */
function parseCustomHeaders(text: string): HttpHeaders {
  const malformed = new Failure(
    "usage",
    `${variable} is malformed; expected NAME=VALUE,NAME=VALUE, each in quotes where it has a comma or a quote.`,
  );
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|(?=\r?\n|$))/y;
  const headers: [string, string][] = [];
  const line = text.split(/\r?\n(?=[^"]*(?:"[^"]*"[^"]*)*$)/)[0] ?? "";
  for (let isLast = false; !isLast;) {
    const match = field.exec(line);
    if (match === null) throw malformed;
    isLast = !match[0].endsWith(",");
    const pair = match[1]?.replaceAll('""', '"') ?? match[2] ?? "";
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, equals)).trim();
    if (name === "") throw malformed;
    headers.push([name, pair.slice(equals + 1)]);
  }
  return Object.fromEntries(headers);
}
