import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { runCommand } from "../../../src/cli/command.js";
import type { Output } from "../../../src/cli/command-process.js";
import { SteeredClock } from "../../practice-engine/clock.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

export const minute = 60_000;
export const hour = 60 * minute;
const settlingMs = 1000;
const usualSocket = "/var/run/docker.sock";
/** Monday, 2026-01-05 08:00 UTC. */
const monday = Date.UTC(2026, 0, 5, 8);

export interface Terminal {
  /** Absent for a pipe. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Transcript {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host whose engine and clocks a test moves, so that what docker-gc prints there is the same every time. */
export class PracticeHost {
  readonly practice: PracticeEngine;
  /** As long as the usual one, which stands in its place in what is shown: lines break the same. */
  readonly #socket: string;
  readonly #clock: SteeredClock;
  readonly #home = temporaryFolder();
  #passedMs = 0;

  private constructor(practice: PracticeEngine, clock: SteeredClock) {
    this.practice = practice;
    const folder = mkdtempSync("/tmp/gc");
    this.#socket = join(folder, "d.sock");
    symlinkSync(practice.socketPath, this.#socket);
    onTestFinished(() => rmSync(folder, { recursive: true }));
    this.#clock = clock;
  }

  /** Stands until the test is over. */
  static async start(): Promise<PracticeHost> {
    // What docker-gc adds to the time that the engine has told it would show in a report, and make it wait for that time.
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const clock = new SteeredClock(monday);
    const practice = await startPracticeEngine({ now: clock.now, name: "build-01", apiVersion: "1.51" });
    onTestFinished(() => practice.close());
    return new PracticeHost(practice, clock);
  }

  get engine(): PracticeEngine["engine"] {
    return this.practice.engine;
  }

  wait(milliseconds: number): void {
    this.#clock.advance(milliseconds);
    this.#passedMs += milliseconds;
  }

  /** @param day 0 is Monday */
  waitUntil(day: number, hourOfDay: number): void {
    this.wait((day * 24 + hourOfDay - 8) * hour - this.#passedMs);
  }

  /** One command, in this process: only the engine and the time are made up. */
  async command(argv: readonly string[], { columns, env = {} }: Terminal = {}): Promise<Transcript> {
    // No run begins in the very moment of what it is to see.
    this.wait(settlingMs);
    const [stdout, stderr] = [new Captured(columns), new Captured(columns)];
    const exitCode = await runCommand({
      argv,
      env: { DOCKER_HOST: `unix://${this.#socket}`, XDG_STATE_HOME: this.#home, TERM: "xterm", ...env },
      uid: 1000,
      home: this.#home,
      version: "1.2.3",
      stdout,
      stderr,
      fileOf: () => null,
      outputFailure: () => Promise.resolve(null),
      now: () => monday + this.#passedMs,
      // Moves with the engine's clock: a host that had slept would have observed nothing.
      steadyClock: () => ({ bootId: "practice", elapsedMs: 240 * hour + this.#passedMs }),
      measureFilesystem: () =>
        Promise.resolve({
          totalBytes: 100 * 1024 ** 3,
          freeBytes: 12 * 1024 ** 3,
          totalInodes: 6_000_000,
          freeInodes: 4_000_000,
        }),
      keepCode: () => undefined,
      onSignal: () => undefined,
    });
    return { exitCode, stdout: this.#shown(stdout.text), stderr: this.#shown(stderr.text) };
  }

  get ledgerPath(): string {
    return join(this.#home, "docker-gc", "ledger.db");
  }

  /** The temporary places by names that stay. */
  #shown(text: string): string {
    return text.replaceAll(this.#socket, usualSocket).replaceAll(this.#home, "/home/me");
  }
}

class Captured implements Output {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns: number | undefined) {
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }

  readonly write = (text: string): void => void (this.text += text);
}
