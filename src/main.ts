import { channel } from "node:diagnostics_channel";
import { fstatSync } from "node:fs";
import { homedir } from "node:os";
import packageJson from "../package.json" with { type: "json" };
import { runCommand } from "./cli/command.js";
import { measureFilesystem } from "./collect/measure-filesystem.js";
import { readSteadyClock } from "./collect/steady-clock.js";

// Whoever reads our output may leave early, as `head` does; that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

void runCommand({
  argv: process.argv.slice(2),
  env: process.env,
  uid: process.geteuid?.() ?? null,
  home: homedir(),
  version: packageJson.version,
  stdout: process.stdout,
  stderr: process.stderr,
  fileOf,
  steadyClock: readSteadyClock,
  measureFilesystem,
  now: Date.now,
  // Whoever loaded the program listens: .config/build/loader.cjs.
  keepCode: () => channel("docker-gc:keep-code").publish(null),
  onSignal: (listener) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => listener(signal));
  },
}).then((exitCode) => (process.exitCode = exitCode));

function fileOf(stream: "stdout" | "stderr"): string | null {
  try {
    const { dev, ino } = fstatSync(process[stream].fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Closed, as a service manager may leave it.
    return null;
  }
}
