import type { RemoveReason } from "../policy/removal.js";

/** What a limit took of one repository in a stretch of time, and what of it came back. */
export interface RemovedShare {
  readonly reason: RemoveReason;
  /** Canonical; empty for images without a name. */
  readonly repository: string;
  readonly bytes: number;
  readonly returnedBytes: number;
}

/** What was removed lately and came back. */
export interface Regret {
  readonly removedBytes: number;
  readonly returnedBytes: number;
  /** What most of the bytes came back to, and after which limit. */
  readonly most: { readonly repository: string; readonly reason: RemoveReason } | null;
}

/** How far back removals are looked at, in milliseconds. */
export const regretMs = 7 * 24 * 3_600_000;

/** More than this share of the bytes is worth a word: an order that knew the future would have kept them. */
const regrettedShare = 0.1;

export function regretOf(shares: readonly RemovedShare[]): Regret {
  const sum = (bytesOf: (share: RemovedShare) => number) =>
    shares.reduce((bytes, share) => bytes + bytesOf(share), 0);
  const [most] = shares.toSorted((first, second) => second.returnedBytes - first.returnedBytes);
  return {
    removedBytes: sum(({ bytes }) => bytes),
    returnedBytes: sum(({ returnedBytes }) => returnedBytes),
    most: most === undefined || most.returnedBytes === 0 ? null : most,
  };
}

export function isRegretted({ removedBytes, returnedBytes }: Regret): boolean {
  return returnedBytes > regrettedShare * removedBytes;
}
