import { readFileSync } from "node:fs";

/** How long a process has waited for a processor, in milliseconds; 0 for one that is gone. See sched-stats of Linux. */
export function waitedMsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Bytes; 0 for a process that is gone. */
export function peakMemoryOf(pid: number): number {
  try {
    const [, kibi = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibi) * 1024;
  } catch {
    return 0;
  }
}
