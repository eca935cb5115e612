import { good, problem, type Check } from "../../core/results/checkup.js";
import { formatDuration } from "../../core/text/duration.js";

/** Beyond what a clock that nobody sets drifts in days; certificates and reports of both hosts disagree by it. */
const mostMs = 10_000;

/** What two clocks say at one moment, epoch milliseconds; the engine's lies between the two. */
export interface Clocks {
  readonly engineAtLeast: number;
  readonly engineAtMost: number;
  readonly host: number;
}

export function checkClock({ engineAtLeast, engineAtMost, host }: Clocks): Check {
  const aheadMs = engineAtLeast - host;
  const behindMs = host - engineAtMost;
  const apartMs = Math.max(aheadMs, behindMs, 0);
  if (apartMs <= mostMs) return good("clock", "the engine's clock agrees with that of this host");
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return problem(
    "clock",
    `the engine's clock is ${formatDuration(apartMs)} ${side} that of this host`,
    "let a time service set both, as with timedatectl set-ntp true",
  );
}
