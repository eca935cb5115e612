import { Failure } from "../../core/text/failure.js";
import { toImageId } from "../../core/image/image.js";
import { parseReference, type Reference } from "../../core/image/reference.js";
import type { ImageStore } from "../port.js";
import type { Query } from "../transport/connection.js";

/** Names come from the engine and go into a path: only what is an ID or a reference may. Throws a Failure of code `engine`. */
export function imagePath(reference: string): string {
  if (toImageId(reference) === null) listedReference(reference);
  return `/images/${reference}`;
}

/** A name that the engine lists. Throws a Failure of code `engine` where it is none. */
export function listedReference(name: string): Reference {
  const reference = parseReference(name);
  if (reference === null)
    throw new Failure("engine", `The engine lists a name that is not valid: ${JSON.stringify(name)}.`);
  return reference;
}

/** It costs the engine nothing more: it reads them anyway. `since`: the minor API version that can. */
export function askingForManifests(store: ImageStore["kind"], minor: number, since: number): Query {
  return store === "containerd" && minor >= since ? { manifests: "1" } : {};
}

/** From API 1.53 on an inspection works out signatures, for which the engine may go to the network. */
export function inspectionVersion(minor: number): string {
  return minor > 52 ? "/v1.51" : "";
}
