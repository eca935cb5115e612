import { containerDetails, containerList } from "./container-answers.js";
import { createContainer, runsOn } from "./container-requests.js";
import { dialectOf, type ApiVersion, type Claim } from "./dialect.js";
import { diskUsage, infoAnswer, versionAnswer } from "./engine-answers.js";
import { eventReply } from "./event-answers.js";
import { imageDetails, imageHistory, imageList, type Manifests, type ImageScope } from "./image-answers.js";
import { loadArchive } from "./load-archive.js";
import { emptyReply, jsonReply, type Reply } from "./reply.js";
import { Refusal } from "./refusal.js";
import type { EngineState } from "./state.js";

/** A request, taken apart. */
export interface Question {
  readonly state: EngineState;
  readonly claim: Claim;
  readonly version: ApiVersion;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** The part of the path that names an image or a container. */
  readonly name: string;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (question: Question) => Reply;
}

const routes: readonly Route[] = [
  route("GET", "/_ping", ({ claim }) => ping(claim)),
  route("HEAD", "/_ping", ({ claim }) => ping(claim)),
  route("GET", "/version", ({ claim }) => jsonReply(200, versionAnswer(claim))),
  route("GET", "/info", ({ state, claim }) => jsonReply(200, infoAnswer(state, claim))),
  route("GET", "/events", ({ state, query, version }) => eventReply(state, query, version)),
  route("GET", "/networks/host", ({ claim }) =>
    jsonReply(200, { Name: "host", Id: claim.hostNetwork, Scope: "local", Driver: "host" }),
  ),
  route("GET", "/system/df", ({ state, query, version }) =>
    jsonReply(200, diskUsage(state, query.get("type"), version)),
  ),
  route("GET", "/images/json", ({ state, claim, query, version }) =>
    jsonReply(200, imageList(state, scopeIn(query), version, manifestsIn(claim, query))),
  ),
  route("POST", "/images/load", ({ state, body }) => ({
    status: 200,
    text: loadArchive(state, body)
      .map((line) => `${JSON.stringify(line)}\r\n`)
      .join(""),
  })),
  route("GET", "/images/{name}/json", ({ state, claim, name, query, version }) =>
    jsonReply(200, imageDetails(state, state.images.require(name), version, manifestsIn(claim, query))),
  ),
  route("GET", "/images/{name}/history", ({ state, name }) =>
    jsonReply(200, imageHistory(state, state.images.require(name))),
  ),
  route("POST", "/images/{name}/tag", ({ state, name, query }) => {
    state.tag(name, `${query.get("repo") ?? ""}:${nonEmpty(query.get("tag")) ?? "latest"}`);
    return emptyReply(201);
  }),
  route("DELETE", "/images/{name}", ({ state, name, query }) =>
    jsonReply(
      200,
      state.removeImage(name, { force: isTrue(query, "force"), noprune: isTrue(query, "noprune") }),
    ),
  ),
  route("POST", "/commit", ({ state, query }) => {
    const repository = nonEmpty(query.get("repo"));
    const name = repository === null ? null : `${repository}:${nonEmpty(query.get("tag")) ?? "latest"}`;
    return jsonReply(201, { Id: state.commit(query.get("container") ?? "", name) });
  }),
  route("GET", "/containers/json", ({ state, claim, query, version }) =>
    jsonReply(
      200,
      containerList(
        state,
        isTrue(query, "all") ? "all" : "running",
        claim.store === "containerd" && dialectOf(version).usedManifests ? "told" : "untold",
        query.get("filters"),
      ),
    ),
  ),
  route("POST", "/containers/create", ({ state, query, body }) =>
    jsonReply(201, { Id: createContainer(state, nonEmpty(query.get("name")), body), Warnings: [] }),
  ),
  route("GET", "/containers/{name}/json", ({ state, name }) =>
    jsonReply(200, containerDetails(state.containers.require(name))),
  ),
  containerRoute("start", (state, name) => {
    state.startContainer(name);
    runsOn(state, name);
  }),
  containerRoute("stop", (state, name) => state.stopContainer(name)),
  containerRoute("kill", (state, name) => state.killContainer(name)),
  containerRoute("pause", (state, name) => state.pauseContainer(name)),
  containerRoute("unpause", (state, name) => state.unpauseContainer(name)),
  route("DELETE", "/containers/{name}", ({ state, name, query }) => {
    state.removeContainer(name, isTrue(query, "force") ? "by-force" : "gently");
    return emptyReply(204);
  }),
];

export function answer(method: string, path: string, question: Omit<Question, "name">): Reply {
  for (const candidate of routes) {
    const match = candidate.method === method ? candidate.path.exec(path) : null;
    if (match !== null) return candidate.answer({ ...question, name: match[1] ?? "" });
  }
  throw new Refusal(404, "page not found");
}

/** A name may hold slashes: `{name}` takes all there is. */
function route(method: string, path: string, answerTo: Route["answer"]): Route {
  return { method, path: new RegExp(`^${path.replace("{name}", "(.+)")}$`), answer: answerTo };
}

function containerRoute(verb: string, act: (state: EngineState, name: string) => void): Route {
  return route("POST", `/containers/{name}/${verb}`, ({ state, name }) => {
    act(state, name);
    return emptyReply(204);
  });
}

function ping({ apiVersion, serverVersion }: Claim): Reply {
  const headers = {
    "api-version": `1.${apiVersion}`,
    ostype: "linux",
    server: `Docker/${serverVersion} (linux)`,
  };
  return { status: 200, text: "OK", headers: { ...headers, "content-type": "text/plain; charset=utf-8" } };
}

function manifestsIn({ store }: Claim, query: URLSearchParams): Manifests {
  if (store !== "containerd") return "none";
  return isTrue(query, "manifests") ? "asked" : "hidden";
}

function scopeIn(query: URLSearchParams): ImageScope {
  const { dangling, reference } = JSON.parse(query.get("filters") ?? "{}") as Record<
    string,
    readonly string[]
  >;
  if (reference !== undefined) return { repositories: reference };
  if (dangling !== undefined) return "nameless";
  return isTrue(query, "all") ? "all" : "top-level";
}

/** As moby's httputils.BoolValue. */
function isTrue(query: URLSearchParams, key: string): boolean {
  const value = (query.get(key) ?? "").trim().toLowerCase();
  return !["", "0", "no", "false", "none"].includes(value);
}

function nonEmpty(value: string | null): string | null {
  return value === "" ? null : value;
}
