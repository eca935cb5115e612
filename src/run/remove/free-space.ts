import { describeError, Failure } from "../../core/text/failure.js";
import type { Filesystem } from "../../core/policy/filesystem.js";
import { limitOnFilesystem, type Limit, type Limits } from "../../core/policy/limits.js";
import type { PlannedRemoval } from "../../core/plan/planned-image.js";
import type { Policy } from "../../core/policy/policy.js";
import { isMeasured, type MeasuredReason } from "../../core/rules/limits.js";
import {
  afterMeasuring,
  waitsUntil,
  type MeasuredRemoval,
  type Space,
  type VainRemovals,
} from "../../core/uses/vain-removals.js";
import type { EngineDescription } from "../../engine/port.js";
import type { ImagesPlace } from "../observe/locate-images.js";

/** Measures the filesystem that holds a path; throws when it cannot. */
export type MeasureFilesystem = (path: string) => Promise<Filesystem>;

export interface FilesystemFinders {
  readonly locate: () => Promise<ImagesPlace>;
  readonly measureFilesystem: MeasureFilesystem;
}

/** The filesystem that holds an engine's images, and how it is measured again. */
export interface EngineFilesystem {
  readonly path: string;
  readonly before: Space;
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
  const asked = `${limit.origin}: ${JSON.stringify(limit.text)} requires measuring the filesystem that holds the images`;
  const instead = [quota, quotaTarget].includes(limit) ? ", or give a size" : "";
  return new Failure(
    "usage",
    `${asked}, and ${problem}; run docker-gc on the engine's host, as root${instead}.`,
  );
}

export interface SpaceAfter {
  readonly filesystem: Filesystem | null;
  /** What came of removals for free space. */
  readonly inVain: VainRemovals | null;
}

/** What measuring says to a removal that is planned only to make room. */
export type Need = "needed" | "enough" | "in-vain";

/** Whether such removals are still needed, and free anything, as measured just before each. */
export class FreeSpaceCheck {
  readonly #policy: Policy;
  readonly #filesystem: EngineFilesystem | null;
  readonly #now: () => number;
  #inVain: VainRemovals | null;
  #isEnough = false;
  /** The removal that was let go last, until it is measured. */
  #last: Omit<MeasuredRemoval, "after"> | null = null;

  /** `inVain`: what came of removals of earlier runs. `now`: engine time. */
  constructor(
    policy: Policy,
    filesystem: EngineFilesystem | null,
    inVain: VainRemovals | null,
    now: () => number,
  ) {
    this.#policy = policy;
    this.#filesystem = filesystem;
    this.#inVain = inVain;
    this.#now = now;
  }

  /** Once there was enough, nothing more goes in this run: a child that stays must not lose its parent. */
  async asksFor({ verdict, freedBytes }: PlannedRemoval): Promise<Need> {
    const { reason } = verdict;
    if (!isMeasured(reason)) return "needed";
    if (this.#isEnough) return "enough";
    // What cannot be measured any more is no reason to remove anything.
    const before = await this.#measure();
    this.#isEnough = before === null || !this.#isShort(before, reason);
    if (before === null || this.#isEnough) return "enough";
    if (waitsUntil(this.#inVain, this.#now()) !== null) return "in-vain";
    this.#last = { expectedBytes: freedBytes, before, at: this.#now(), reason };
    return "needed";
  }

  /** The image that was asked about last did not go: nothing can be said of it. */
  stayed(): void {
    this.#last = null;
  }

  /** How things are when all is over; no filesystem where no limit asks for it, or it cannot be measured. */
  async conclude(): Promise<SpaceAfter> {
    return { filesystem: await this.#measure(), inVain: this.#inVain };
  }

  async #measure(): Promise<Filesystem | null> {
    const after = (await this.#filesystem?.measure().catch(() => null)) ?? null;
    if (this.#last !== null && after !== null)
      this.#inVain = afterMeasuring(this.#inVain, { ...this.#last, after });
    this.#last = null;
    return after;
  }

  /** What goes for bytes may be needed for inodes by now. */
  #isShort({ freeBytes, freeInodes }: Filesystem, reason: MeasuredReason): boolean {
    const { minFreeBytes, minFreeInodes } = this.#policy;
    const isShort: Readonly<Record<MeasuredReason, boolean>> = {
      "min-free": minFreeBytes !== null && freeBytes < minFreeBytes,
      "min-free-inodes": minFreeInodes !== null && freeInodes < minFreeInodes,
    };
    return isShort[reason] || isShort["min-free-inodes"];
  }
}
