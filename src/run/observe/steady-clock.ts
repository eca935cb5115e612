import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { attempt } from "../../core/text/attempt.js";
import { once } from "../../core/text/once.js";
import type { SteadyClock } from "../../core/uses/checkpoint.js";

const nanosPerMilli = 1_000_000n;

/**
 * This host's monotonic clock: it stands still while the host sleeps (Linux CLOCK_MONOTONIC, which Node's hrtime
 * reads) and does not follow steps of the time of day.
 */
export function readSteadyClock(): SteadyClock {
  return { bootId: bootId(), elapsedMs: Number(process.hrtime.bigint() / nanosPerMilli) };
}

/**
 * Elsewhere than on Linux, what the time of day and the uptime say of the boot moves with every step of the clock. So a boot is
 * known only by the monotonic clock, which begins anew: where it is further than before, less counts than may have passed.
 * A process has one, and a removal reads the clock several times.
 */
const bootId = once(() =>
  attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), hostname()),
);
