import { fieldOf } from "../../core/text/parsed.js";
import { attempt } from "../../core/text/attempt.js";
import { toImageId } from "../../core/image/image.js";
import { Failure } from "../../core/text/failure.js";
import { mostBytes } from "../transport/bounds.js";
import type { Connection, EngineRequest, Query } from "../transport/connection.js";
import type { ImageStore } from "../port.js";
import { minorOf } from "./description.js";
import { askingForManifests, inspectionVersion } from "./image-path.js";
import { messageIn } from "./error-message.js";

/** What became of a call. `refused`: it was answered, as by a proxy that does not let it through. */
export type CallOutcome =
  | { readonly kind: "answered" }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "untried"; readonly because: string };

/** One of the calls of docs/security.md, as it stands there. */
export interface CallTrial {
  readonly call: string;
  readonly outcome: CallOutcome;
}

/** What decides which calls a run makes, and how. */
export interface CallScene {
  readonly family: "docker" | "podman";
  /** `1.51` */
  readonly apiVersion: string;
  readonly store: ImageStore["kind"];
  readonly isSwarmManager: boolean;
  /** Engine time, epoch milliseconds. */
  readonly now: number;
  /** For each call. */
  readonly timeoutMs: number;
}

/** No content has this digest, so no image has this ID. */
const absentImage = `sha256:${"0".repeat(64)}`;

/** Some engines keep a log of months: of that, the last minute says as much. */
const logMs = 60_000;

type Request = Omit<EngineRequest, "timeoutMs">;

/**
 * Tries every call that a run may make, one by one, and changes nothing: what removes and names images is asked of an image that the
 * engine has just said it does not have.
 */
export async function tryCalls(connection: Connection, scene: CallScene): Promise<readonly CallTrial[]> {
  const trials: CallTrial[] = [];
  const { family, apiVersion, store, isSwarmManager, now, timeoutMs } = scene;
  const send = async (call: string, request: Request | string, expected = 200): Promise<string | null> => {
    const { outcome, answer } = await tryOne(connection, request, expected, timeoutMs);
    trials.push({ call, outcome });
    return answer;
  };
  const minor = minorOf(apiVersion);

  await send("GET /_ping", get("/_ping", {}, mostBytes.ping));
  // Where nobody answers, all others would be waited for in vain.
  if (trials[0]?.outcome.kind === "failed") return trials;
  await send("GET /info", get("/info"));
  const listing = get(
    "/images/json",
    { all: "1", ...askingForManifests(store, minor, 47) },
    mostBytes.images,
  );
  const images = await send(withQuery("GET /images/json", listing), listing);
  const users = get("/containers/json", { all: "1" }, mostBytes.users);
  const containers = await send(withQuery("GET /containers/json", users), users);
  const container = idsIn(containers)[0];
  const filters = JSON.stringify({ id: [container] });
  const noContainer = container === undefined ? "there is no container" : null;
  await send(
    "GET /containers/json?all=1&filters=CONTAINERS",
    noContainer ?? get("/containers/json", { all: "1", filters }, mostBytes.users),
  );
  await send("GET /containers/CONTAINER/json", noContainer ?? get(`/containers/${container ?? ""}/json`));
  const services = get("/services", {}, mostBytes.users);
  await send("GET /services", isSwarmManager ? services : "the engine manages no swarm");
  const query: Query =
    family === "podman"
      ? { since: ((now - logMs) / 1000).toFixed(3), stream: "false" }
      : { since: "0", until: (now / 1000).toFixed(3) };
  await send("GET /events", get("/events", query, mostBytes.events));
  const image = idsIn(images).find((id) => toImageId(id) !== null);
  const noImage = image === undefined ? "there is no image" : null;
  const path = `/images/${image ?? ""}`;
  const inspection = get(`${inspectionVersion(minor)}${path}/json`, askingForManifests(store, minor, 48));
  await send("GET /images/NAME/json", noImage ?? inspection);
  await send("GET /images/NAME/history", noImage ?? get(`${path}/history`));
  const account = minor >= 42 ? { type: "image" } : {};
  await send("GET /system/df", get("/system/df", account, mostBytes.account));

  const absent = `/images/${absentImage}`;
  const { outcome: look } = await tryOne(connection, get(`${absent}/json`), 404, timeoutMs);
  // An engine that does not say that there is no such image is asked for nothing more.
  const noAbsence =
    look.kind === "answered" ? null : "the engine does not answer 404 for an image that it does not have";
  const removal = { method: "DELETE", path: absent, query: { noprune: "1" } } as const;
  await send("DELETE /images/NAME?noprune=1", noAbsence ?? removal, 404);
  const name = { repo: "docker-gc.invalid/doctor", tag: "none" };
  const naming = { method: "POST", path: `${absent}/tag`, query: name } as const;
  await send("POST /images/ID/tag?repo=REPO&tag=TAG", noAbsence ?? naming, 404);
  return trials;
}

/** @param request or why there is none */
async function tryOne(
  connection: Connection,
  request: Request | string,
  expected: number,
  timeoutMs: number,
): Promise<{ readonly outcome: CallOutcome; readonly answer: string | null }> {
  if (typeof request === "string") return { outcome: { kind: "untried", because: request }, answer: null };
  try {
    const response = await connection.send({ ...request, timeoutMs });
    const text = await response.readText();
    const { status } = response;
    if (status === expected) return { outcome: { kind: "answered" }, answer: text };
    return { outcome: { kind: "refused", status, message: messageIn(text, status) }, answer: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { outcome: { kind: "failed", message: error.message }, answer: null };
  }
}

function get(path: string, query: Query = {}, most: number = mostBytes.answer): Request {
  return { method: "GET", path, query, mostBytes: most };
}

/** As docs/security.md writes it: with the query that it has. */
function withQuery(call: string, request: Request): string {
  const query = Object.entries(request.query ?? {}).map(([name, value]) => `${name}=${value}`);
  return `${call}?${query.join("&")}`;
}

/** Of whatever was answered; what is no list has none. */
function idsIn(answer: string | null): string[] {
  const list = attempt(() => JSON.parse(answer ?? "") as unknown, null);
  if (!Array.isArray(list)) return [];
  return list
    .map((each: unknown) => fieldOf(each, "Id"))
    .filter((id) => typeof id === "string" && /^(sha256:)?[0-9a-f]{64}$/.test(id)) as string[];
}
