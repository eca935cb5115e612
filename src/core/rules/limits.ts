import type { ImageId } from "../image/image.js";
import type { Policy } from "../policy/policy.js";
import type { RemoveReason } from "../policy/removal.js";
import { waitsUntil, type Space } from "../uses/vain-removals.js";
import type { Choice, Limit, LimitState } from "./limit.js";
import { age } from "./limits/age.js";
import { free } from "./limits/free.js";
import { minFreeInodes } from "./limits/min-free-inodes.js";
import { minFree } from "./limits/min-free.js";
import { quota } from "./limits/quota.js";
import { sinceMark } from "./limits/since-mark.js";
import { versions } from "./limits/versions.js";

/** In the order in which a plan asks them: each works on what those before it leave. */
const list = [sinceMark, age, versions, quota, free, minFree, minFreeInodes] as const;

export const limits: readonly Limit[] = list;

/** What a limit that is not met comes to. */
export type UnmetFigures = NonNullable<ReturnType<(typeof list)[number]["unmet"]>>;

/** Those that are not met. */
export function unmetFigures(state: LimitState): UnmetFigures[] {
  return list.flatMap(({ unmet }): UnmetFigures[] => {
    const figures = unmet(state);
    return figures === null ? [] : [figures];
  });
}

/** Which limit takes each image that goes. */
export type RemoveReasons = ReadonlyMap<ImageId, RemoveReason>;

/** The images that the limits take, of those that may go. `filesystem` is null where no limit asks for it. */
export function reasonsToRemove(choice: Choice, policy: Policy, filesystem: Space | null): RemoveReasons {
  const removed = new Map<ImageId, RemoveReason>();
  // Where removing frees nothing, it goes on freeing nothing until the last image is gone.
  const isInVain = waitsUntil(filesystem?.inVain, choice.now) !== null;
  const scene = { ...choice, policy, space: isInVain ? null : filesystem, removed };
  for (const { isSet, take } of limits) if (isSet(policy)) take(scene);
  return removed;
}

type ReasonOf<L extends Limit> = L["reasons"][number];

/** By reason. A reason that no limit gives does not compile. */
const decidesBy: Readonly<Record<RemoveReason, Limit["decidesBy"]>> = Object.fromEntries(
  limits.flatMap(({ reasons, decidesBy: by }) => reasons.map((reason) => [reason, by])),
) as Record<ReasonOf<(typeof list)[number]>, Limit["decidesBy"]>;

/** Whether a limit chooses images for the space that they take. */
export function isForSpace(reason: RemoveReason): boolean {
  return decidesBy[reason] !== "image";
}

/** A reason of a limit that is measured on the filesystem before each removal. */
export type MeasuredReason = ReasonOf<Extract<(typeof list)[number], { decidesBy: "measured-space" }>>;

/** Whether it goes only as long as the filesystem needs it. */
export function isMeasured(reason: RemoveReason): reason is MeasuredReason {
  return decidesBy[reason] === "measured-space";
}

/** Whether a limit on space is set, so that images may go for others' sake. */
export function isSpaceLimited(policy: Policy): boolean {
  return limits.some(({ decidesBy: by, isSet }) => by !== "image" && isSet(policy));
}
