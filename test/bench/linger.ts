import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../support/project.js";
import { startPracticeEngine } from "../practice-engine/server.js";

/**
 * What a run costs while it lingers: memory, and the processor's time with 30 events a second (ten containers with a
 * health check each second) and with none. See README.md for how to repeat it. Linux only: it reads /proc.
 */
const seconds = Number(process.argv[2] ?? "10");
const clockTicks = 100;

/** Milliseconds of processor time so far. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / clockTicks;
}

function peakMebibytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

async function measure(probesPerSecond: number): Promise<string> {
  const practice = await startPracticeEngine();
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-bench-"));
  practice.engine.load({ name: "checked:1", megabytes: 20 });
  for (let number = 0; number < 200; number += 1)
    practice.engine.load({ name: `other:${number}`, megabytes: 1 });
  const containers = Array.from({ length: 10 }, () => {
    const id = practice.engine.createContainer("checked:1");
    practice.engine.startContainer(id);
    return id;
  });
  const args = [
    "--host",
    practice.host,
    "--ledger",
    join(folder, "ledger.db"),
    "--quiet",
    "--linger",
    `${seconds + 5}s`,
  ];
  const child = spawn(process.execPath, [join(projectRoot, "bin/docker-gc.js"), ...args], {
    stdio: "inherit",
  });
  const pid = child.pid ?? 0;
  const probing = setInterval(() => {
    for (const id of containers.slice(0, probesPerSecond)) practice.engine.healthProbe(id);
  }, 1000);
  await sleep(2000);
  const before = cpuMs(pid);
  await sleep(seconds * 1000);
  const spent = cpuMs(pid) - before;
  const peak = peakMebibytes(pid);
  clearInterval(probing);
  child.kill("SIGTERM");
  await once(child, "exit");
  await practice.close();
  rmSync(folder, { recursive: true });
  const share = (100 * spent) / (seconds * 1000);
  return `${String(probesPerSecond * 3).padStart(2)} events/s: ${share.toFixed(2)} % of a processor, peak ${peak.toFixed(0)} MiB resident`;
}

console.log(await measure(10));
console.log(await measure(0));
