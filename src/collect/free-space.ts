import { describeError, Failure } from "../core/failure.js";
import type { Filesystem } from "../core/filesystem.js";
import { limitOnFilesystem, type Limits } from "../core/limits.js";
import type { PlannedImage } from "../core/plan.js";
import type { Policy } from "../core/policy.js";
import type { RemoveReason } from "../core/verdict.js";
import type { EngineDescription } from "../engine/port.js";

/** Measures the filesystem that holds a path; throws when it cannot. */
export type MeasureFilesystem = (path: string) => Promise<Filesystem>;

/** The filesystem that holds an engine's root, and how it is measured again. */
export interface EngineFilesystem {
  readonly path: string;
  readonly before: Filesystem;
  readonly measure: () => Promise<Filesystem>;
}

/**
 * The filesystem of the engine's root; null where no limit asks for it. Throws a Failure of code `usage` when it cannot
 * be measured from here.
 */
export async function findFilesystem(
  limits: Limits,
  { rootDirectory, isLocal, summary }: EngineDescription,
  measureFilesystem: MeasureFilesystem,
): Promise<EngineFilesystem | null> {
  const limit = limitOnFilesystem(limits);
  if (limit === null) return null;
  const asked = `${limit.origin}: ${JSON.stringify(limit.text)} needs a look at the filesystem of the engine's root`;
  const instead = [limits.quota, limits.quotaTarget].includes(limit) ? ", or give a size" : "";
  const advice = `run docker-gc on the engine's host${instead}`;
  if (!isLocal) throw new Failure("usage", `${asked}, and ${summary.host} is not on this host; ${advice}.`);
  const measure = () => measureFilesystem(rootDirectory);
  try {
    return { path: rootDirectory, before: await measure(), measure };
  } catch (error) {
    const problem = `${rootDirectory} cannot be measured (${describeError(error)})`;
    throw new Failure("usage", `${asked}, and ${problem}; ${advice}.`, { cause: error });
  }
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
