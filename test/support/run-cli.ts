import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import packageJson from "../../package.json" with { type: "json" };
import { runCommand } from "../../src/cli/command.js";
import { measureFilesystem } from "../../src/run/observe/measure-filesystem.js";
import { readSteadyClock } from "../../src/run/observe/steady-clock.js";
import { projectRoot } from "./project.js";

export interface CliOptions {
  /** On top of a clean environment: PATH, and a HOME of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Becomes `--host`. */
  readonly host?: string;
  /** Becomes `--ledger`. By default a fresh file in the temporary HOME; null leaves the option out. */
  readonly ledger?: string | null;
  /** Ends the process with SIGTERM. */
  readonly signal?: AbortSignal;
}

export interface CliResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Settles when the process has ended and its streams are closed. */
  readonly result: Promise<CliResult>;
}

/** Runs `docker-gc` as a user would, in a process of its own, and waits for its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { result } = await spawnCli(args, options);
  return result;
}

/**
 * Runs the command in this process, from the source: what it is given and what it writes is the same, without the start of a
 * process for each of hundreds of runs. For what has to do with the process itself, its signals or the built program there is `runCli`.
 */
export async function runHere(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const home = await mkdtemp(join(tmpdir(), "docker-gc-home-"));
  const output = { stdout: "", stderr: "" };
  const capture = (name: "stdout" | "stderr") => ({ write: (text: string) => void (output[name] += text) });
  try {
    const exitCode = await runCommand({
      argv: withDefaults(args, options, home),
      env: environmentOf(options, home),
      uid: process.geteuid?.() ?? null,
      home: options.env?.["HOME"] ?? home,
      version: packageJson.version,
      stdout: capture("stdout"),
      stderr: capture("stderr"),
      outputFailure: () => Promise.resolve(null),
      fileOf: () => null,
      steadyClock: readSteadyClock,
      measureFilesystem,
      now: Date.now,
      keepCode: () => undefined,
      onSignal: () => undefined,
    });
    return { exitCode, signal: null, ...output };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Starts `docker-gc` and hands out the process, for tests that send signals. */
export async function spawnCli(args: readonly string[], options: CliOptions = {}): Promise<CliProcess> {
  const home = await mkdtemp(join(tmpdir(), "docker-gc-home-"));
  const child = spawn(
    process.execPath,
    [join(projectRoot, "bin/docker-gc.js"), ...withDefaults(args, options, home)],
    {
      cwd: projectRoot,
      // What is compiled once serves all tests.
      env: { XDG_CACHE_HOME: join(projectRoot, "node_modules/.cache"), ...environmentOf(options, home) },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  const result = outcomeOf(child).finally(() => rm(home, { recursive: true, force: true }));
  return { child, result };
}

/** Settings of this machine must not leak into the tests. */
function environmentOf({ env }: CliOptions, home: string): Readonly<Record<string, string>> {
  return { PATH: process.env["PATH"] ?? "", HOME: home, DOCKER_GC_CONFIG: "/dev/null", ...env };
}

/** The options of the test behind the arguments, unless the arguments give them already. */
function withDefaults(args: readonly string[], { host, ledger }: CliOptions, home: string): string[] {
  const given = (...names: readonly string[]): boolean =>
    args.some((arg) => names.some((name) => arg === name || arg.startsWith(`${name}=`)));
  const hostArgs = host === undefined || given("--host", "-H") ? [] : ["--host", host];
  const file = ledger === undefined ? join(home, "ledger.db") : ledger;
  const ledgerArgs = file === null || given("--ledger") ? [] : ["--ledger", file];
  return [...args, ...hostArgs, ...ledgerArgs];
}

async function outcomeOf(child: CliProcess["child"]): Promise<CliResult> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  // An AbortSignal makes the child emit an error besides its end: the end tells it all.
  child.on("error", () => undefined);
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, ...output };
}
