import { Failure } from "../text/failure.js";
import type { Filesystem } from "./filesystem.js";
import { formatSize } from "../text/size.js";

/** A limit as it was asked for: bytes, a number of inodes, or a share of the filesystem that holds the engine's images. */
export interface Limit {
  readonly kind: "amount" | "percent";
  readonly value: number;
  /** As it was written, and where: for messages. */
  readonly text: string;
  readonly origin: string;
}

/** Limits on space; null switches one off. */
export interface Limits {
  readonly quota: Limit | null;
  /** Null: the quota. */
  readonly quotaTarget: Limit | null;
  readonly minFree: Limit | null;
  readonly minFreeInodes: Limit | null;
}

/** A warning: a run without any limit removes nothing. */
export const allLimitsOff = "Nothing to do: all limits are off; give --max-age, --quota or --min-free.";

/** The part of a policy that may depend on the filesystem. Null switches a limit off. */
export interface ResolvedLimits {
  readonly quotaBytes: number | null;
  /** What to go down to once over the quota; equal to the quota unless asked otherwise. */
  readonly quotaTargetBytes: number | null;
  /** What the filesystem that holds the images should have free. */
  readonly minFreeBytes: number | null;
  readonly minFreeInodes: number | null;
}

/** The first limit that only the filesystem can tell the meaning of. */
export function limitOnFilesystem(limits: Limits): Limit | null {
  const { quota, quotaTarget, minFree, minFreeInodes } = limits;
  const shares = [quota, quotaTarget].filter((limit) => limit?.kind === "percent");
  return [...shares, minFree, minFreeInodes].find((limit) => limit !== null) ?? null;
}

/**
 * The limits as numbers; `filesystem` is null where no limit depends on it.
 *
 * @throws Failure of code `usage` for a target above the quota, or more than the filesystem has.
 */
export function resolveLimits(limits: Limits, filesystem: Filesystem | null): ResolvedLimits {
  const { quota, quotaTarget, minFree, minFreeInodes } = limits;
  const totalBytes = filesystem?.totalBytes ?? 0;
  const quotaBytes = quota && amountOf(quota, totalBytes);
  const targetBytes = quotaTarget && amountOf(quotaTarget, totalBytes);
  if (quotaTarget !== null && quotaBytes !== null && targetBytes !== null && targetBytes > quotaBytes) {
    throw refused(
      quotaTarget,
      `is ${formatSize(targetBytes)}, more than the quota of ${formatSize(quotaBytes)}`,
    );
  }
  return {
    quotaBytes,
    quotaTargetBytes: targetBytes ?? quotaBytes,
    minFreeBytes: minFree && freeBytesOf(minFree, totalBytes),
    minFreeInodes: minFreeInodes && freeInodesOf(minFreeInodes, filesystem?.totalInodes ?? 0),
  };
}

function amountOf({ kind, value }: Limit, total: number): number {
  return kind === "amount" ? value : Math.floor((total * value) / 100);
}

function freeBytesOf(limit: Limit, totalBytes: number): number {
  const bytes = amountOf(limit, totalBytes);
  if (bytes <= totalBytes) return bytes;
  throw refused(limit, `is more than the ${formatSize(totalBytes)} that the engine's filesystem has in all`);
}

function freeInodesOf(limit: Limit, totalInodes: number): number {
  if (totalInodes === 0) throw refused(limit, "cannot be met: the engine's filesystem does not count inodes");
  const inodes = amountOf(limit, totalInodes);
  if (inodes <= totalInodes) return inodes;
  throw refused(limit, `is more than the ${totalInodes} inodes that the engine's filesystem has in all`);
}

function refused({ origin, text }: Limit, problem: string): Failure {
  return new Failure("usage", `${origin}: ${JSON.stringify(text)} ${problem}.`);
}
