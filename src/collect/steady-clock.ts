import { readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import type { SteadyClock } from "../core/checkpoint.js";

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
    // Not Linux. The hour of the boot is close enough: another value only makes less time count.
    return `${hostname()} ${Math.round((Date.now() / 1000 - uptime()) / 3600)}`;
  }
}
