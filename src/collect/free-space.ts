import { describeError, Failure } from "../core/failure.js";
import type { Filesystem } from "../core/filesystem.js";
import { limitOnFilesystem, type Limit, type Limits } from "../core/limits.js";
import type { PlannedImage } from "../core/plan.js";
import type { Policy } from "../core/policy.js";
import type { RemoveReason } from "../core/verdict.js";
import type { EngineDescription } from "../engine/port.js";
import type { ImagesPlace } from "./locate-images.js";

/** Measures the filesystem that holds a path; throws when it cannot. */
export type MeasureFilesystem = (path: string) => Promise<Filesystem>;

export interface FilesystemFinders {
  readonly locate: () => Promise<ImagesPlace>;
  readonly measureFilesystem: MeasureFilesystem;
}

/** The filesystem that holds an engine's images, and how it is measured again. */
export interface EngineFilesystem {
  readonly path: string;
  readonly before: Filesystem;
  readonly measure: () => Promise<Filesystem>;
}

/**
 * The filesystem that holds the engine's images; null where no limit asks for it. Throws a Failure of code `usage` where
 * nobody can tell from here which one that is, and when it cannot be measured: another one would say nothing of them.
 */
export async function findFilesystem(
  limits: Limits,
  { locate, measureFilesystem }: FilesystemFinders,
): Promise<EngineFilesystem | null> {
  const limit = limitOnFilesystem(limits);
  if (limit === null) return null;
  const place = await locate();
  if (place.kind === "unknown") throw refusedLimit(limits, limit, place.reason);
  const { path } = place;
  const measure = () => measureFilesystem(path);
  try {
    return { path, before: await measure(), measure };
  } catch (error) {
    throw refusedLimit(limits, limit, `${path} cannot be measured (${describeError(error)})`);
  }
}

/** Throws a Failure of code `usage` for a limit on the filesystem of another host. */
export function refuseElsewhere(limits: Limits, { isLocal, summary }: EngineDescription): void {
  const limit = limitOnFilesystem(limits);
  if (limit !== null && !isLocal) throw refusedLimit(limits, limit, `${summary.host} is not on this host`);
}

function refusedLimit({ quota, quotaTarget }: Limits, limit: Limit, problem: string): Failure {
  const asked = `${limit.origin}: ${JSON.stringify(limit.text)} needs a look at the filesystem that holds the images`;
  const instead = [quota, quotaTarget].includes(limit) ? ", or give a size" : "";
  return new Failure(
    "usage",
    `${asked}, and ${problem}; run docker-gc on the engine's host, as root${instead}.`,
  );
}

const forSpace: readonly RemoveReason[] = ["min-free", "min-free-inodes"];

/** Whether removals that are planned only to make room are still needed, as measured just before each. */
export class RoomNeeded {
  readonly #policy: Policy;
  readonly #filesystem: EngineFilesystem | null;
  #isEnough = false;

  constructor(policy: Policy, filesystem: EngineFilesystem | null) {
    this.#policy = policy;
    this.#filesystem = filesystem;
  }

  /** Once there was enough, nothing more goes in this run: a child that stays must not lose its parent. */
  async asksFor({ verdict }: PlannedImage): Promise<boolean> {
    const [reason] = verdict.reasons;
    if (verdict.kind !== "remove" || !forSpace.some((each) => each === reason)) return true;
    if (!this.#isEnough) this.#isEnough = !(await this.#isShort(reason === "min-free" ? "both" : "inodes"));
    return !this.#isEnough;
  }

  async #isShort(kind: "both" | "inodes"): Promise<boolean> {
    // What cannot be measured any more is no reason to remove anything.
    const now = (await this.#filesystem?.measure().catch(() => null)) ?? null;
    if (now === null) return false;
    const { minFreeBytes, minFreeInodes } = this.#policy;
    if (minFreeInodes !== null && now.freeInodes < minFreeInodes) return true;
    return kind === "both" && minFreeBytes !== null && now.freeBytes < minFreeBytes;
  }
}
