import { channel } from "node:diagnostics_channel";
import { fstatSync } from "node:fs";
import { homedir } from "node:os";
import { setImmediate } from "node:timers/promises";
import packageJson from "../package.json" with { type: "json" };
import { runCommand } from "./cli/command.js";
import type { Person } from "./cli/command-process.js";
import { measureFilesystem } from "./run/observe/measure-filesystem.js";
import { readSteadyClock } from "./run/observe/steady-clock.js";

let outputError: Error | null = null;
let isReported = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever reads our output may leave early, as `head` does; that is no failure.
  if (error.code !== "EPIPE") outputError ??= error;
});
// There is no other stream to report this on.
process.stderr.on("error", () => undefined);

/** Loaded only where somebody is asked. */
const lazyPerson: Person = {
  ask: async (...args) => (await import("./cli/person.js")).personAtTerminal.ask(...args),
  edit: async (...args) => (await import("./cli/person.js")).personAtTerminal.edit(...args),
};

void runCommand({
  argv: process.argv.slice(2),
  env: process.env,
  uid: process.geteuid?.() ?? null,
  home: homedir(),
  version: packageJson.version,
  stdout: process.stdout,
  stderr: process.stderr,
  // In this order: cron's standard input is a file, for which Node would load what reads files.
  person: process.stderr.isTTY && process.stdin.isTTY ? lazyPerson : undefined,
  outputFailure,
  fileOf,
  steadyClock: readSteadyClock,
  measureFilesystem,
  now: Date.now,
  // Whoever loaded the program listens: .config/build/start/loader.ts.
  keepCode: (deed) => channel("docker-gc:keep-code").publish(deed),
  onSignal: (listener) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => listener(signal));
  },
}).then((exitCode) => (process.exitCode = exitCode));

async function outputFailure(): Promise<Error | null> {
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  // A stream tells its callbacks before its listeners.
  await setImmediate();
  const error = isReported ? null : outputError;
  isReported ||= error !== null;
  return error;
}

function fileOf(stream: "stdout" | "stderr"): string | null {
  try {
    const { dev, ino } = fstatSync(process[stream].fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Closed, as a service manager may leave it.
    return null;
  }
}
