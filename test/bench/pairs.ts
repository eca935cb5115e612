import { statSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { projectRoot } from "../support/project.js";
import { announcing, startCrowd } from "./ratios/crowd.js";
import { measureProcess } from "./ratios/measure-process.js";

/**
 * What an idle run costs beside that of an older build: alternating pairs, processors' time of the process, and the ratio with its
 * 95 % bounds. Arguments: the folder of the older build, or the one file of any, and how many pairs. Once with the compiled code that a
 * run has kept, and once without any.
 */
const [older, pairs = "200"] = process.argv.slice(2);
if (older === undefined) throw new Error("expected the folder of an older build, and how many pairs");
const builds = { older: resolve(older), newer: projectRoot };

type Build = keyof typeof builds;

const crowd = await startCrowd(200, 20, announcing);
const folder = await mkdtemp(join(tmpdir(), "docker-gc-pairs-"));
try {
  for (const code of ["kept", "none"] as const) {
    const run = (build: Build) => costOf(build, code);
    // The first runs learn the images and compile the code.
    for (let round = 0; round < 4; round += 1)
      for (const build of ["older", "newer"] as const) await run(build);
    const samples: [older: number, newer: number][] = [];
    for (let pair = 0; pair < Number(pairs); pair += 1) {
      const order: readonly Build[] = pair % 2 === 0 ? ["older", "newer"] : ["newer", "older"];
      const costs = new Map<Build, number>();
      for (const build of order) costs.set(build, await run(build));
      samples.push([costs.get("older") ?? NaN, costs.get("newer") ?? NaN]);
    }
    console.log(
      `compiled code ${code}: ${summaryOf(samples)}; load ${loadavg()
        .map((load) => load.toFixed(1))
        .join(" ")}`,
    );
  }
} finally {
  await crowd.close();
  await rm(folder, { recursive: true, force: true });
}

/** Milliseconds. */
async function costOf(build: Build, code: "kept" | "none"): Promise<number> {
  const home = join(folder, build);
  const cache = join(home, "cache");
  if (code === "none") await rm(cache, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  const options = ["--host", `unix://${crowd.socketPath}`, "--ledger", join(home, "ledger.db"), "--quiet"];
  const path = builds[build];
  const program = statSync(path).isFile() ? [path] : [process.execPath, join(path, "bin/docker-gc.js")];
  const command = [...program, ...options];
  const env = { PATH: process.env["PATH"], HOME: home, XDG_CACHE_HOME: cache, DOCKER_GC_CONFIG: "/dev/null" };
  return (await measureProcess(command, env)).cpuMs;
}

/** Geometric mean of the ratios, with the bounds that a normal distribution of their logarithms gives. */
function summaryOf(samples: readonly (readonly [older: number, newer: number])[]): string {
  const logs = samples.map(([before, after]) => Math.log(after / before));
  const mean = logs.reduce((sum, each) => sum + each, 0) / logs.length;
  const variance = logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (logs.length - 1);
  const margin = 1.96 * Math.sqrt(variance / logs.length);
  const [ratio, low, high] = [mean, mean - margin, mean + margin].map((each) => Math.exp(each).toFixed(3));
  const medians = [0, 1].map((side) => median(samples.map((sample) => sample[side] ?? NaN)).toFixed(1));
  return `${samples.length} pairs, ${medians.join(" and ")} ms, newer / older ${ratio} (95 %: ${low} to ${high})`;
}

function median(values: readonly number[]): number {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] ?? NaN;
}
