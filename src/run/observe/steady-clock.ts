import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { SteadyClock } from "../../core/uses/checkpoint.js";

const nanosPerMilli = 1_000_000n;

/**
 * This host's monotonic clock: it stands still while the host sleeps (Linux CLOCK_MONOTONIC, which Node's hrtime
 * reads) and does not follow steps of the time of day.
 */
export function readSteadyClock(): SteadyClock {
  return { bootId: readBootId(), elapsedMs: Number(process.hrtime.bigint() / nanosPerMilli) };
}

function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux. What the time of day and the uptime say of the boot moves with every step of the clock. So a boot is known
    // only by the monotonic clock, which begins anew: where it is further than before, less counts than may have passed.
    return hostname();
  }
}
