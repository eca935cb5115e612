import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../src/cli/command.js";
import type { Output, Person } from "../src/cli/command-process.js";
import { measureFilesystem } from "../src/run/observe/measure-filesystem.js";
import type { SteadyClock } from "../src/core/uses/checkpoint.js";
import { realClock, type Clock } from "../test/practice-engine/clock.js";
import { startPracticeEngine, type PracticeEngine } from "../test/practice-engine/server.js";
import type { Narrator } from "./narrator.js";

const minute = 60_000;
const nanosPerMilli = 1_000_000n;
// So that no figure of the reports is at the edge of the next one.
const halfMinute = minute / 2;
const hour = 60 * minute;
/** By the clock of whoever reads. */
const monday = new Date(2026, 0, 5, 8).getTime();

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A week of a build host, on an engine in memory whose clock is moved by hand: images come, are used, grow old, and
 * go. All that docker-gc does here is what the command does; only the engine and the time are made up.
 */
export async function showPracticeLife(narrator: Narrator): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-first-run-"));
  const clock = new WeekClock();
  const practice = await startPracticeEngine({ now: clock.now, name: "build-01", apiVersion: "1.51" });
  try {
    await tellWeek(narrator, new Host(practice, clock, folder, narrator.environment));
  } finally {
    await practice.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tellWeek(narrator: Narrator, host: Host): Promise<void> {
  const { engine } = host;
  narrator.say(
    "So this is the practice engine: a model of a Docker Engine, in memory. Nothing of this machine is touched, and " +
      "a week takes a moment. The collector is the real one.",
  );

  narrator.heading("Monday, 08:00: a build host is set up");
  narrator.say(
    "Seven images are pulled, and vendor/scanner is loaded from a file, for no registry has it. postgres and shop/web " +
      "run. A container of python has ended, and was not removed. docker-gc will run every evening, from cron; the " +
      "first run is made by hand.",
  );
  const pulled = { "postgres:16": 440, "node:20": 1100, "redis:7": 120, "python:3": 150 };
  const further = { "shop/web:1": 300, "alpine:3": 8, "mysql:8": 620 };
  for (const [name, megabytes] of Object.entries({ ...pulled, ...further })) engine.pull({ name, megabytes });
  engine.load({ name: "vendor/scanner:3", megabytes: 780 });
  engine.startContainer(engine.createContainer("postgres:16", { name: "db" }));
  engine.startContainer(engine.createContainer("shop/web:1", { name: "web" }));
  const ended = engine.createContainer("python:3", { name: "import" });
  engine.startContainer(ended);
  engine.endContainer(ended);
  host.wait(30 * minute);
  await host.show([], narrator);

  narrator.heading("A week passes");
  narrator.say(
    "Every noon a test runs in node:20, and is gone a moment later (docker run --rm). alpine:3 runs once, on Monday. On " +
      "Wednesday shop/web:2 takes the place of shop/web:1. On Friday somebody tries mysql:8. Nobody runs redis:7. " +
      "Every evening cron starts docker-gc --quiet, which has nothing to say.",
  );
  for (let day = 0; day < 7; day += 1) await liveThrough(day, host);

  narrator.heading("Monday again, 10:20: the disk is filling up");
  narrator.say("What would go under a quota, if the vendor's image is kept whatever happens?");
  const limits = ["--quota", "2.75G", "--keep", "vendor/*"];
  host.waitUntil(7, 10);
  host.wait(20 * minute + halfMinute);
  await host.show(["--dry-run", ...limits], narrator);
  narrator.say("Why should shop/web:1 go? Every rule says what it makes of it, and what would change that:");
  await host.show(["explain", "shop/web:1", ...limits], narrator);
  narrator.say(
    "Is that quota a good one? What others would have kept and removed in that week, by what was used:",
  );
  await host.show(["what-if", "--quota", "2G..4G"], narrator);
  narrator.say(
    "That is what should go, so now for real. At a terminal it asks first; from cron and in pipes it does not. No image " +
      "is ever removed by force.",
  );
  host.wait(5 * minute);
  await host.show(limits, narrator);
  narrator.say("Five minutes later there is nothing left to do:");
  host.wait(5 * minute + 500);
  await host.show(limits, narrator);
  narrator.heading("Later: where is mysql?");
  narrator.say("A removed image is remembered for 90 days. The end of a name is enough.");
  await host.show(["explain", "mysql"], narrator);
  narrator.say(
    "That was the whole life. On a machine with a Docker Engine, start with: node bin/docker-gc.js --dry-run",
  );
}

async function liveThrough(day: number, host: Host): Promise<void> {
  const { engine } = host;
  host.waitUntil(day, 12);
  host.runAndRemove("node:20", 10 * minute + halfMinute);
  if (day === 0) host.runAndRemove("alpine:3", minute);
  if (day === 2) {
    engine.pull({ name: "shop/web:2", megabytes: 310 });
    engine.stopContainer("web");
    engine.removeContainer("web");
    engine.startContainer(engine.createContainer("shop/web:2", { name: "web" }));
  }
  if (day === 4) host.runAndRemove("mysql:8", hour);
  host.waitUntil(day, 20);
  await host.run(["--quiet"]);
}

/**
 * Moved by hand, and going on meanwhile as the clock of this machine does: docker-gc reckons with what passes while it runs, and
 * would wait for an engine whose clock stands still.
 */
class WeekClock {
  readonly #real = realClock();
  #offset = BigInt(monday) * nanosPerMilli - this.#real();

  readonly now: Clock = () => this.#real() + this.#offset;

  advance(milliseconds: number): void {
    this.#offset += BigInt(milliseconds) * nanosPerMilli;
  }

  /** Epoch milliseconds. */
  get time(): number {
    return Number(this.now() / nanosPerMilli);
  }
}

/** The practice engine, its clock, and a ledger: what a run of docker-gc meets on a host. */
class Host {
  readonly engine: PracticeEngine["engine"];
  readonly #address: string;
  readonly #clock: WeekClock;
  /** What docker-gc leaves on a host. */
  readonly #folder: string;
  readonly #environment: Environment;

  constructor(practice: PracticeEngine, clock: WeekClock, folder: string, environment: Environment) {
    this.engine = practice.engine;
    this.#address = practice.socketPath;
    this.#clock = clock;
    this.#folder = folder;
    this.#environment = environment;
  }

  wait(milliseconds: number): void {
    this.#clock.advance(milliseconds);
  }

  /** @param day 0 is Monday */
  waitUntil(day: number, hourOfDay: number): void {
    this.wait(day * 24 * hour + hourOfDay * hour - 8 * hour - (this.#clock.time - monday));
  }

  /** `docker run --rm` */
  runAndRemove(image: string, milliseconds: number): void {
    const container = this.engine.createContainer(image, { autoRemove: true });
    this.engine.startContainer(container);
    this.wait(milliseconds);
    this.engine.endContainer(container);
  }

  /** One command as a person types it; whoever is asked says yes. */
  async show(argv: readonly string[], narrator: Narrator): Promise<void> {
    narrator.command(argv);
    await this.#command(argv, narrator.terminal, {
      ask: (question) => {
        narrator.terminal.write(`${question}y\n`);
        return Promise.resolve("y");
      },
      edit: (text) => Promise.resolve({ kind: "edited", text }),
    });
  }

  /** One run from cron. */
  async run(argv: readonly string[]): Promise<void> {
    const exitCode = await this.#command(argv, { write: () => undefined });
    if (exitCode !== 0) throw new Error(`A run ended with exit ${exitCode}.`);
  }

  #command(argv: readonly string[], output: Output, person?: Person): Promise<number> {
    return runCommand({
      argv,
      env: { ...this.#environment, DOCKER_HOST: `unix://${this.#address}`, XDG_STATE_HOME: this.#folder },
      uid: null,
      home: this.#folder,
      version: "",
      stdout: output,
      stderr: output,
      person,
      outputFailure: () => Promise.resolve(null),
      fileOf: () => null,
      now: () => this.#clock.time,
      steadyClock: () => this.#steadyClock(),
      measureFilesystem,
      keepCode: () => undefined,
      onSignal: () => undefined,
    });
  }

  /** Moves with the engine's clock: a host that had slept for the week would have observed nothing. */
  #steadyClock(): SteadyClock {
    return { bootId: "practice", elapsedMs: this.#clock.time - monday };
  }
}
