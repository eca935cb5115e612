import type { OtherBytes } from "../port.js";
import { mostBytes } from "../transport/bounds.js";
import type { Query } from "../transport/connection.js";
import { parseJson } from "../transport/json-text.js";
import { textWithoutLists } from "../transport/without-lists.js";
import type { EngineCalls } from "./engine-calls.js";
import { parseBuildCacheBytes, parseContainerBytes, parseImageBytes } from "./size-answers.js";

/** See `Engine.readImageBytes`. `minorVersion`: of the API. */
export async function readImageBytes(calls: EngineCalls, minorVersion: number): Promise<number> {
  // Before API 1.42 it cannot be asked for images alone: that also measures containers and volumes, and takes long.
  const query: Query = minorVersion >= 42 ? { type: "image" } : {};
  const response = await calls.get({ path: "/system/df", query, mostBytes: mostBytes.account });
  const what = "GET /system/df";
  return parseImageBytes(parseJson(await textWithoutLists(response.body, what), what));
}

/** See `Engine.readOtherBytes`. */
export async function readOtherBytes(calls: EngineCalls, minorVersion: number): Promise<OtherBytes> {
  // From API 1.55 on there are images alone in the account, and before 1.42 one can only ask for all of it at once.
  if (minorVersion >= 55 || minorVersion < 42) return { containers: 0, buildCache: 0 };
  const read = (type: string) =>
    calls.getJson({ path: "/system/df", query: { type }, mostBytes: mostBytes.users });
  const [containers, buildCache] = await Promise.all([read("container"), read("build-cache")]);
  return { containers: parseContainerBytes(containers), buildCache: parseBuildCacheBytes(buildCache) };
}
