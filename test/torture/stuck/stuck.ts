import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { ImageReport, RunReport } from "../../../src/core/results/run-report.js";
import type { Fault } from "../../practice-engine/fault.js";
import type { StoredImage } from "../../practice-engine/image-store.js";
import { layerOf } from "../../practice-engine/recipe.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { EngineState } from "../../practice-engine/state.js";
import { runHere } from "../observer.js";
import type { Random } from "../random.js";
import { StandingClock } from "../standing-clock.js";
import { Tally } from "../tally.js";

const falselyMet = "a limit was reported as met that is not, or the other way round";
const notMet = "a limit was not met that others could have met";
const unlisted = "an image went that the dry run before did not list";
const emptied = "an image went though the limit could not be met so";
const badExit = "the exit code says something else than the report";
const runs = "runs";
const runsOfALife = 40;
const hourMs = 3_600_000;

/** `held`: the engine refuses to remove it, and no list says why. The others are damaged. */
type Ailment = "held" | "unreadable" | "undeletable" | "unfindable";

const ailments: Readonly<Record<StuckKind, readonly Ailment[]>> = {
  stuck: ["held"],
  damaged: ["unreadable", "undeletable", "unfindable"],
};

export type StuckKind = "stuck" | "damaged";

/** Images that refuse to go for ever, or are damaged, among others, under quotas of all sizes. */
export async function tortureWithStuckImages(
  kind: StuckKind,
  random: Random,
  counts: { readonly runs: number },
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally(kind === "stuck" ? "images that refuse for ever" : "damaged stores", [
    falselyMet,
    notMet,
    unlisted,
    emptied,
    badExit,
  ]);
  const isEnough = (): boolean => isStopped() || tally.countOf(runs) >= counts.runs;
  while (!isEnough()) {
    const life = await StuckLife.begin(kind, random.fork(), tally);
    await life.play(isEnough);
  }
  return tally;
}

class StuckLife {
  readonly #kind: StuckKind;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #clock: StandingClock;
  readonly #practice: PracticeEngine;
  readonly #folder: string;
  readonly #ailing = new Map<ImageId, Ailment>();
  #serial = 0;

  private constructor(
    kind: StuckKind,
    random: Random,
    tally: Tally,
    { clock, practice, folder }: { clock: StandingClock; practice: PracticeEngine; folder: string },
  ) {
    this.#kind = kind;
    this.#random = random;
    this.#tally = tally;
    this.#clock = clock;
    this.#practice = practice;
    this.#folder = folder;
    practice.onRequest = (method, path) => this.#faultOf(method, path);
  }

  static async begin(kind: StuckKind, random: Random, tally: Tally): Promise<StuckLife> {
    const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
    const clock = new StandingClock();
    const practice = await startPracticeEngine({ engine: new EngineState(() => clock.now()) });
    return new StuckLife(kind, random, tally, { clock, practice, folder });
  }

  async play(isEnough: () => boolean): Promise<void> {
    try {
      for (let number = 0; number < runsOfALife && !isEnough(); number += 1) await this.#turn();
    } finally {
      await this.#practice.close();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  async #turn(): Promise<void> {
    for (let deeds = this.#random.between(0, 5); deeds > 0; deeds -= 1) this.#act();
    // No round times: with them, idle times lie at the very edges where a plan changes with time.
    this.#clock.pass(this.#random.pick([1000, 60_000, hourMs, 5 * hourMs]) + this.#random.below(60_000));
    // What an image consists of is learned before it falls ill: nobody can learn it later.
    await this.#run("run", { maxAgeMs: null });
    for (const { id } of this.#images())
      if (!this.#ailing.has(id) && this.#random.chance(0.1))
        this.#ailing.set(id, this.#random.pick(ailments[this.#kind]));
    await this.#judge();
  }

  #act(): void {
    const { engine } = this.#practice;
    const images = this.#images();
    if (images.length < 12 && this.#random.chance(0.7)) {
      this.#serial += 1;
      const base = layerOf(`base ${this.#random.below(3)}`, 400);
      const names = Array.from({ length: this.#random.between(0, 3) }, (_, n) => `app:${this.#serial}-${n}`);
      const bytes = this.#random.between(1, 1000);
      engine.load({ name: names, bytes, layers: this.#random.chance(0.5) ? [base] : [] });
      return;
    }
    if (images.length === 0) return;
    const { id } = this.#random.pick(images);
    if (this.#random.chance(0.5)) engine.removeContainer(engine.createContainer(id));
    else if (this.#random.chance(0.3)) engine.createContainer(id);
    else
      for (const container of [...engine.containers.all()].slice(0, 1)) engine.removeContainer(container.id);
  }

  async #judge(): Promise<void> {
    const before = this.#bytesOf(this.#images());
    const quotaBytes = Math.max(1, Math.floor(before * this.#random.next() * 1.2));
    const policy = {
      quotaBytes,
      quotaTargetBytes: this.#random.chance(0.3) ? Math.ceil(quotaBytes * 0.8) : quotaBytes,
    };
    const dry = await this.#run("dry-run", policy);
    const report = await this.#run("run", policy);
    this.#tally.count(runs);
    const planned = report.images.filter(({ verdict }) => verdict.kind === "remove");
    this.#tally.count("images removed", planned.filter(({ outcome }) => outcome === "removed").length);
    const detail = JSON.stringify({
      quotaBytes,
      before,
      after: this.#bytesOf(this.#images()),
      outcomes: planned.map(({ image, outcome, outcomeDetail }) => [image.tags, outcome, outcomeDetail]),
      unmet: report.unmetLimits,
      stopped: report.stoppedBy,
      dry: dry.images.map(judgementOf),
      run: report.images.map(judgementOf),
      quotaTarget: policy.quotaTargetBytes,
    });
    const listed = new Set(
      dry.images.flatMap(({ image, verdict }) => (verdict.kind === "remove" ? image.id : [])),
    );
    if (planned.some(({ image }) => !listed.has(image.id))) this.#tally.breach(unlisted, detail);
    const left = this.#images();
    const isOver = this.#bytesOf(left) > quotaBytes;
    if (isOver !== report.unmetLimits.length > 0) this.#tally.breach(falselyMet, detail);
    const hasFailed = planned.some(({ outcome }) => outcome === "failed");
    if (exitCodeOf(report) !== (hasFailed ? 3 : isOver ? 6 : 0)) this.#tally.breach(badExit, detail);
    if (planned.some(({ outcome }) => outcome !== "removed")) return;
    this.#judgeWhatWent(report, { quotaBytes, before, isOver, detail, went: planned.length });
  }

  /** Where all that was planned went, and so all that cannot go was known to be so. */
  #judgeWhatWent(
    report: RunReport,
    end: { quotaBytes: number; before: number; isOver: boolean; detail: string; went: number },
  ): void {
    const waiting = new Set(
      report.images.flatMap(({ image, verdict }) =>
        verdict.reasons.includes("failed-before" as never) ? image.id : [],
      ),
    );
    const isUsed = ({ id }: StoredImage) => this.#practice.engine.containers.of(id).length > 0;
    const used = this.#images().filter(isUsed);
    const fixed = this.#images().filter((image) => isUsed(image) || waiting.has(image.id));
    const fixedBytes = this.#bytesOf(fixed);
    if (fixedBytes <= end.quotaBytes && end.isOver) this.#tally.breach(notMet, end.detail);
    const stuckBytes = fixedBytes - this.#bytesOf(used);
    if (
      fixedBytes > end.quotaBytes &&
      stuckBytes > 0 &&
      end.before <= end.quotaBytes + stuckBytes &&
      end.went > 0
    )
      this.#tally.breach(emptied, end.detail);
    if (stuckBytes > 0) this.#tally.count("runs in which images stood in the way");
  }

  #run(mode: "run" | "dry-run", policy: Parameters<typeof runHere>[1]): Promise<RunReport> {
    return runHere(mode, policy, {
      socketPath: this.#practice.socketPath,
      ledgerPath: join(this.#folder, "ledger.db"),
      timeoutMs: 30_000,
      steadyClock: this.#clock.steady,
    });
  }

  #images(): StoredImage[] {
    return [...this.#practice.engine.images.all()];
  }

  #bytesOf(images: readonly StoredImage[]): number {
    const layers = new Map<string, number>();
    for (const { chain, layers: own } of images)
      for (const [index, id] of chain.entries()) layers.set(id, own[index]?.bytes ?? 0);
    return [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  #faultOf(method: string, path: string): Fault | undefined {
    const [, text = ""] = /^\/images\/([^?]+?)(?:\/json|\/history)?(?:\?|$)/.exec(path) ?? [];
    const image = text === "json" ? undefined : this.#practice.engine.images.find(decodeURIComponent(text));
    const ailment = image === undefined ? undefined : this.#ailing.get(image.id);
    if (image === undefined || ailment === undefined) return undefined;
    const answer = (status: number, message: string): Fault => ({
      kind: "answer",
      status,
      body: { message },
    });
    const isLook = method === "GET";
    switch (ailment) {
      case "held":
        return method === "DELETE" ? answer(409, "image is in use by an external container") : undefined;
      case "unreadable":
        return isLook ? answer(500, "layer does not exist") : undefined;
      case "undeletable":
        return isLook || method === "DELETE" ? answer(500, "layer does not exist") : undefined;
      case "unfindable":
        return isLook || text === image.id ? answer(404, `No such image: ${text}`) : undefined;
    }
  }
}

/** What a plan made of one image, and by what. */
function judgementOf({ image, verdict, retryAt, idleMs, expectedUse }: ImageReport): readonly unknown[] {
  return [image.tags, verdict, retryAt, idleMs, expectedUse?.expectedMs ?? null];
}
