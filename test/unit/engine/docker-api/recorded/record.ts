import { writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiEngine } from "../../../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../../../src/engine/transport/connection.js";
import { EngineClient } from "../../../../support/engine-client.js";
import { listenOnSocket } from "../../../../support/socket-server.js";
import { sendRequest } from "../../../../support/unix-http.js";
import { keptOf, writeExchange } from "./exchanges.js";
import { askEverything } from "./questions.js";

/**
 * Records what an empty engine says to all that the program asks, and empties it again:
 *
 *     npx tsx test/unit/engine/docker-api/recorded/record.ts unix:///path/engine.sock docker-28.5
 */
const [host = "", name = ""] = process.argv.slice(2);
if (!host.startsWith("unix://") || name === "") throw new Error("Expected an engine's socket and a name.");
const client = new EngineClient(host);
const mebi = 1024 * 1024;

/** Long, of this host or of an instant, and read by nobody. */
const unread = new Set([
  ...["Cluster", "ContainerConfig", "HostConfig", "NetworkSettings", "Plugins", "RegistryConfig", "Runtimes"],
  ...[
    "LowerDir",
    "MergedDir",
    "WorkDir",
    "KernelVersion",
    "OperatingSystem",
    "Warnings",
    "MemTotal",
    "MemFree",
  ],
]);

if ((await client.listImages()).length > 0) throw new Error(`${host} is not empty.`);
const recorded: string[] = [];
const recorder = await listenOnSocket("recorder", record);
try {
  await setScene();
  await askEverything(
    new ApiEngine(new Connection({ kind: "unix", socketPath: recorder.socketPath }), 60_000),
  );
} finally {
  await recorder.close();
  await client.request("POST", "/swarm/leave?force=1");
  await client.removeAll();
}
writeFileSync(new URL(`${name}.answers.txt`, import.meta.url), await withUsualPaths(recorded.join("")));

async function setScene(): Promise<void> {
  const isPodman = await client.isPodman();
  const app = await client.loadImage({ name: "recorded/app:1", layers: [2 * mebi], labels: { team: "web" } });
  await client.loadImage({ name: ["recorded/pair:1", "recorded/pair:2"], layers: [2 * mebi, 1000] });
  await client.loadImage({ name: "recorded/idle:1", layers: [2 * mebi, 2000] });
  await client.loadImage({ layers: [2 * mebi, 3000] });
  await client.createContainer("recorded/app:1", { name: "web", start: true });
  // Podman 6 cannot pause one that has no cgroup.
  await client.commit(await client.createContainer(app, { name: "by-id" }), "recorded/child:1");
  await mountImage(isPodman);
  if (isPodman) return;
  const swarm = { ListenAddr: "127.0.0.1:0", AdvertiseAddr: "127.0.0.1" };
  await client.request("POST", "/swarm/init", swarm);
  const ContainerSpec = { Image: "recorded/idle:1", Command: ["/bin/busybox", "sleep", "600"] };
  const Mode = { Replicated: { Replicas: 0 } };
  await client.request("POST", "/services/create", { Name: "shop", TaskTemplate: { ContainerSpec }, Mode });
}

/** Docker has these from API 1.48 on. */
async function mountImage(isPodman: boolean): Promise<void> {
  const [place, Image, command] = ["/data", "recorded/app:1", ["/bin/busybox", "true"]];
  const mount = { Type: "image", Source: "recorded/idle:1", Target: place };
  const answer = isPodman
    ? await client.request("POST", "/v4.0.0/libpod/containers/create", {
        name: "reader",
        image: Image,
        command,
        image_volumes: [{ Source: "recorded/idle:1", Destination: place }],
        netns: { nsmode: "none" },
      })
    : await client.request("POST", "/containers/create?name=reader", {
        Image,
        Cmd: command,
        HostConfig: { NetworkMode: "none", Mounts: [mount] },
      });
  if (answer.status >= 300) console.log(`no image mount: ${answer.status} ${answer.text}`);
}

/** Events stay as they came: their times are more than a number of JavaScript holds. */
function shortened(path: string, text: string): string {
  if (path.startsWith("/events") || !/^[[{]/.test(text)) return text;
  return JSON.stringify(JSON.parse(text, (key, value: unknown) => (unread.has(key) ? undefined : value)));
}

async function record(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [method, path] = [request.method ?? "", request.url ?? ""];
  const { status, headers, text } = await sendRequest({ host, method, path });
  const exchange = {
    request: `${method} ${path}`,
    status,
    headers: keptOf(headers),
    body: shortened(path, text),
  };
  const written = writeExchange(exchange);
  // Of an image it is asked twice for the same, once for its names and once for its layers.
  if (recorded.at(-1) !== written) recorded.push(written);
  response.writeHead(status, exchange.headers).end(text);
}

/** Where an engine of a test keeps its data says nothing. */
async function withUsualPaths(text: string): Promise<string> {
  const info = JSON.parse((await client.request("GET", "/info")).text) as { DockerRootDir: string };
  const usual = (await client.isPodman()) ? "/var/lib/containers/storage" : "/var/lib/docker";
  return text.replaceAll(info.DockerRootDir, usual);
}
