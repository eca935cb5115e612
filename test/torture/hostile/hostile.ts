import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "../../../src/cli/command.js";
import { readSteadyClock } from "../../../src/run/observe/steady-clock.js";
import { Authority } from "../../support/certificates.js";
import type { Program } from "../program.js";
import type { Random } from "../random.js";
import { Tally } from "../tally.js";
import { acts } from "./acts.js";
import { HostileEngine, transports } from "./hostile-engine.js";
import { contentOf } from "./ledger-content.js";
import { peakMemoryOf, waitedMsOf } from "./process-figures.js";

const promises = {
  exit: "a run ended with 1, or with a code that does not fit",
  contact: "somebody but the engine was contacted",
  end: "a run did not end within its deadline and two seconds",
  signal: "a run did not end within two seconds of SIGTERM with no removal under way, or of a second one",
  memory: "a run took more than 300 MB for an answer that is no list of images",
  ledger: "a ledger changed although nothing was removed",
  settled: "a removal that was given up was not settled by the next run",
} as const;

const timeoutMs = 1_500;
const runTimeoutMs = 5_000;
const graceMs = 2_000;
/** Whoever is still at it then hangs. */
const hungMs = 30_000;
const mostMemory = 300 * 1e6;
const lanes = 4;
const lanesOfCommands = 3;
const paths = [
  "/_ping",
  "/info",
  "/images/json",
  "/containers/json",
  "/events",
  "/system/df",
  "/json",
  "/history",
  "DELETE",
];
const usual = ["--timeout", `${timeoutMs}ms`, "--run-timeout", `${runTimeoutMs}ms`];
/** It has the time that runs have. */
const settling = ["--max-age", "off", "--quota", "1M", "--grace", "0s", "--keep-recent", "0"];
const removing = [...settling, ...usual];
const commands: readonly (readonly string[])[] = [
  removing,
  removing,
  ["--dry-run", ...removing],
  ["status", ...usual],
  ["explain", "app:1", ...usual],
];

/** Runs in this process, and some of the real command, on an engine that does everything but answer. */
export async function tortureWithHostility(
  program: Program,
  random: Random,
  counts: { readonly runs: number; readonly commands: number },
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally("hostile: an engine that means harm", Object.values(promises));
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-hostile-"));
  const authority = await Authority.create(join(folder, "authority"));
  const certificates = await authority.sign("engine", "IP:127.0.0.1");
  const canary = createServer((socket) => {
    tally.breach(promises.contact, "a connection to the canary");
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(canary, "listening");
  const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
  const uncaught = (error: unknown): void => tally.breach(promises.exit, `uncaught: ${String(error)}`);
  process.on("uncaughtException", uncaught).on("unhandledRejection", uncaught);
  const left = { inside: counts.runs, command: counts.commands };
  const lane = async (number: number, where: "inside" | "command"): Promise<void> => {
    const own = join(folder, `${where}-${number}`);
    mkdirSync(own);
    const engines = await Promise.all(
      transports.map(async (transport) => {
        const place = join(own, transport);
        mkdirSync(place);
        return { transport, place, engine: await HostileEngine.start(transport, place, certificates) };
      }),
    );
    const dice = random.fork();
    while (left[where]-- > 0 && !isStopped()) {
      const { transport, place, engine } = dice.pick(engines);
      tally.count(`runs over ${transport}`);
      await new Attempt(engine, place, dice, address, tally).run(where === "inside" ? null : program);
    }
    await Promise.all(engines.map(({ engine }) => engine.close()));
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number, "inside")));
  // A few at a time: memory and signals are measured.
  await Promise.all(Array.from({ length: lanesOfCommands }, (_, number) => lane(number, "command")));
  process.off("uncaughtException", uncaught).off("unhandledRejection", uncaught);
  canary.close();
  rmSync(folder, { recursive: true });
  return tally;
}

/** One run, and what it must not do. */
class Attempt {
  readonly #engine: HostileEngine;
  readonly #ledger: string;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #kind: string;
  readonly #struck: string;
  readonly #args: readonly string[];
  /** The signal comes while a removal waits for its answer; by chance it hardly ever would. */
  readonly #isOnRemoval: boolean;
  #hasReport = false;
  #struckTheList = false;
  #wasGivenUp = false;
  /** For a processor, in milliseconds. */
  #waitedMs = 0;
  readonly #env: Readonly<Record<string, string>>;

  constructor(engine: HostileEngine, place: string, random: Random, canary: string, tally: Tally) {
    this.#engine = engine;
    this.#random = random;
    this.#tally = tally;
    this.#ledger = join(place, "ledger.db");
    this.#isOnRemoval = random.chance(0.1);
    const [kind, act] = this.#isOnRemoval
      ? (["stalls", acts.stalls] as const)
      : random.pick(Object.entries(acts));
    const struck = this.#isOnRemoval ? "DELETE" : random.pick(paths);
    [this.#kind, this.#struck] = [kind, struck];
    this.#args = this.#isOnRemoval ? removing : random.pick(commands);
    this.#env = { HOME: place, DOCKER_GC_LEDGER: this.#ledger, ...engine.env };
    // Of a ledger that knows its images, fewer questions come.
    if (random.chance(0.3))
      for (const suffix of ["", "-wal", "-shm"]) rmSync(this.#ledger + suffix, { force: true });
    engine.reset();
    engine.act = (asked) => {
      if (asked.method !== struck && !(struck !== "DELETE" && asked.path.endsWith(struck))) return false;
      tally.count("answers struck");
      if (asked.path === "/images/json") this.#struckTheList = true;
      act(asked, random, canary);
      return true;
    };
  }

  /** In this process where no program is given. */
  async run(program: Program | null): Promise<void> {
    const before = contentOf(this.#ledger);
    const story = `${this.#kind} at ${this.#struck}: ${this.#args.join(" ")}`;
    this.#tally.count(this.#kind);
    const startedAt = performance.now();
    const waitedBefore = program === null ? waitedMsOf(process.pid) : 0;
    const exitCode = program === null ? await this.#inside(story) : await this.#command(program, story);
    if (program === null) this.#waitedMs = waitedMsOf(process.pid) - waitedBefore;
    // A busy machine takes seconds to start a program, and lets it wait for a processor.
    const tookMs = performance.now() - (this.#engine.firstAskedAt ?? startedAt) - this.#waitedMs;
    this.#tally.measure("milliseconds of the longest run", tookMs);
    this.#tally.count(`  exit ${String(exitCode)}`);
    if (
      exitCode !== null &&
      ![0, 3, 4, 6, 143].includes(exitCode) &&
      !(this.#args[0] === "explain" && exitCode === 2)
    )
      this.#tally.breach(promises.exit, `${String(exitCode)}: ${story}`);
    // A removal has ten times the time of other calls, and is waited for.
    const longest = runTimeoutMs + graceMs + (this.#engine.deletes > 0 ? 10 * timeoutMs : 0);
    if (tookMs > longest) this.#tally.breach(promises.end, `${Math.round(tookMs)} ms: ${story}`);
    // A run that has a report had a whole observation, and has written it down.
    const mayWrite = this.#args === removing && (this.#hasReport || this.#engine.deletes > 0);
    if (!mayWrite && contentOf(this.#ledger) !== before) this.#tally.breach(promises.ledger, story);
  }

  async #inside(story: string): Promise<number | null> {
    const output = { stdout: "", stderr: "" };
    const stream = (name: "stdout" | "stderr") => ({
      write: (text: string) => {
        output[name] += text;
      },
    });
    const running = runCommand({
      argv: this.#args,
      env: this.#env,
      uid: process.getuid?.() ?? null,
      home: this.#env["HOME"] ?? "",
      version: "0",
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      fileOf: () => null,
      now: Date.now,
      steadyClock: readSteadyClock,
      measureFilesystem: () => Promise.reject(new Error("not here")),
      onSignal: () => undefined,
      outputFailure: () => Promise.resolve(null),
      keepCode: () => undefined,
    });
    const exitCode = await Promise.race([running, sleep(hungMs, null, { ref: false })]);
    if (exitCode === null) this.#engine.reset();
    this.#hasReport = output.stdout !== "";
    if (exitCode === 1) this.#tally.breach(promises.exit, `${story}: ${output.stderr.slice(0, 500)}`);
    return exitCode;
  }

  async #command(program: Program, story: string): Promise<number | null> {
    const { child, ended } = program.start(this.#args, this.#env);
    let [peak, isOver] = [0, false];
    const over = ended.then((end) => {
      isOver = true;
      return end;
    });
    const watch = (async () => {
      while (!isOver) {
        peak = Math.max(peak, peakMemoryOf(child.pid ?? 0));
        this.#waitedMs = Math.max(this.#waitedMs, waitedMsOf(child.pid ?? 0));
        await sleep(20);
      }
    })();
    if (this.#isOnRemoval || this.#random.chance(0.5)) {
      if (this.#isOnRemoval) while (!isOver && this.#engine.deleting === 0) await sleep(20);
      else await Promise.race([sleep(this.#random.between(300, 2500)), over]);
      if (!isOver) await this.#end(child, over, () => isOver, story);
    }
    const { exitCode, signal, stdout, stderr } = await over;
    this.#hasReport = stdout !== "";
    await watch;
    if (!this.#struckTheList) {
      this.#tally.count("memory measured");
      this.#tally.measure("MB of the largest run", peak / 1e6);
      if (peak > mostMemory) this.#tally.breach(promises.memory, `${Math.round(peak / 1e6)} MB: ${story}`);
    }
    if (exitCode === 1) this.#tally.breach(promises.exit, `${story}: ${stderr.slice(0, 500)}`);
    if (this.#wasGivenUp) await this.#settle(program, story);
    // A signal that comes before the program listens ends it as it ends any other.
    return signal === "SIGTERM" ? 143 : exitCode;
  }

  /** Ends it by SIGTERM; who does not wait for the answer to a removal sends another. */
  async #end(
    child: ChildProcess,
    over: Promise<unknown>,
    isOver: () => boolean,
    story: string,
  ): Promise<void> {
    const deletes = this.#engine.deletes;
    this.#wasGivenUp = this.#engine.deleting > 0;
    if (this.#wasGivenUp) {
      child.kill("SIGTERM");
      await Promise.race([sleep(300), over]);
      if (isOver()) return;
    }
    const at = performance.now();
    const waitedBefore = this.#waitedMs;
    child.kill("SIGTERM");
    await over;
    // One may have begun in that instant.
    if (this.#engine.deletes > deletes) return;
    const what = this.#wasGivenUp ? "a second SIGTERM while a removal was under way" : "SIGTERM";
    const tookMs = performance.now() - at - (this.#waitedMs - waitedBefore);
    this.#tally.count(what);
    this.#tally.measure(`milliseconds to the end after ${what}`, tookMs);
    if (tookMs > graceMs) this.#tally.breach(promises.signal, `${Math.round(tookMs)} ms, ${what}: ${story}`);
  }

  /** By the next run, whose engine answers. */
  async #settle(program: Program, story: string): Promise<void> {
    this.#engine.act = () => false;
    const { exitCode, stdout, stderr } = await program.start(settling, this.#env).ended;
    this.#tally.count("removals given up and settled");
    if (exitCode !== 0 && exitCode !== 6)
      this.#tally.breach(
        promises.settled,
        `${String(exitCode)}: ${story}: ${stderr.slice(0, 500)}${stdout.slice(-500)}`,
      );
  }
}
