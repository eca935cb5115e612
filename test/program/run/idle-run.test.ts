import { copyFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { reopenLedger } from "../../../src/ledger/reopen-ledger.js";
import { openLedger } from "../../../src/ledger/sqlite-ledger.js";
import { ApiEngine } from "../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../src/engine/transport/connection.js";
import type { Engine } from "../../../src/engine/port.js";
import { passIdly, type Idleness } from "../../../src/run/idle-run.js";
import { run } from "../../../src/run/run.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { query } from "../../support/ledger/query.js";
import { usualListing } from "../../../src/run/observe/list.js";
import { day, hour, minute, otherwise } from "../../support/scene.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { askedPolicy, type PolicyRecipe } from "../../support/values.js";

const nanosPerMilli = 1_000_000n;

/** An engine and an observer whose clocks stand still unless time is let pass, so that two runs see the same moment. */
class StillHost {
  readonly practice: PracticeEngine;
  readonly ledger: string;
  readonly limits: PolicyRecipe;
  idleness: Idleness | null = null;
  readonly #clock: { nanos: bigint };
  /** How far the host's own clock is behind that of the engine, in milliseconds. */
  #behindMs = 0;

  constructor(practice: PracticeEngine, limits: PolicyRecipe, clock: { nanos: bigint }) {
    this.practice = practice;
    this.ledger = join(temporaryFolder(), "ledger.db");
    this.limits = limits;
    this.#clock = clock;
  }

  static async start(limits: PolicyRecipe, apiVersion = "1.47"): Promise<StillHost> {
    const clock = { nanos: 1_796_000_000_000n * nanosPerMilli };
    const practice = await startPracticeEngine({ apiVersion, now: () => (clock.nanos += 1n) });
    return new StillHost(practice, limits, clock);
  }

  pass(milliseconds: number): void {
    this.#clock.nanos += BigInt(milliseconds) * nanosPerMilli;
  }

  /** Negative: back. */
  setClock(milliseconds: number): void {
    this.pass(milliseconds);
    this.#behindMs += milliseconds;
  }

  get time(): number {
    return Number(this.#clock.nanos / nanosPerMilli);
  }

  /** As the command runs: idly where the run before allows that. */
  async run(): Promise<"idle" | "whole"> {
    // Whatever was done before was done before this millisecond.
    this.pass(1);
    if (this.idleness !== null) {
      const engine = this.#engine();
      const description = await engine.describe();
      const passed = await passIdly(this.idleness, {
        engine,
        description,
        steadyClock: () => this.#steady(),
        openLedger: () => reopenLedger(this.ledger, { ensure: () => undefined }),
        isInterrupted: () => false,
        historyAgeMs: 90 * day,
      });
      if (passed !== null) return "idle";
    }
    this.idleness = (await this.whole(this.ledger)).idleness;
    return "whole";
  }

  async runUntilIdle(): Promise<void> {
    for (let runs = 0; runs < 5; runs += 1) if ((await this.run()) === "idle") return;
    throw new Error("Five runs had something to do.");
  }

  async whole(ledgerPath: string) {
    const ledger = openLedger(ledgerPath);
    try {
      return await run(
        {
          mode: "run",
          policy: askedPolicy(this.limits),
          historyAgeMs: 90 * day,
          listing: usualListing,
          warnings: [],
        },
        {
          engine: this.#engine(),
          openLedger: () => ledger,
          steadyClock: () => this.#steady(),
          measureFilesystem: () => Promise.reject(new Error("not asked for")),
          interruptedBy: () => null,
          beforeRemovals: () => undefined,
          onProgress: () => undefined,
        },
      );
    } finally {
      ledger.close();
    }
  }

  #steady() {
    return { bootId: "boot", elapsedMs: this.time - this.#behindMs };
  }

  #engine(): Engine {
    const real = new ApiEngine(
      new Connection({ kind: "unix", socketPath: this.practice.socketPath }),
      10_000,
    );
    const clocks = { now: () => this.time, nowAtMost: () => this.time };
    return otherwise(real, {
      describe: async () => ({ ...(await real.describe()), ...clocks }),
      syncClock: () => Promise.resolve(),
    });
  }
}

/** Every row of every table. */
function contentOf(path: string): unknown {
  const names = query(path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") as {
    name: string;
  }[];
  return Object.fromEntries(
    names.map(({ name }) => [name, query(path, `SELECT * FROM ${name} ORDER BY 1, 2`)]),
  );
}

type Deed =
  | { readonly kind: "pass" | "set"; readonly minutes: number }
  | {
      readonly kind:
        | "network"
        | "probe"
        | "exec"
        | "rename"
        | "pause"
        | "create"
        | "remove"
        | "tag"
        | "pull"
        | "untag"
        | "restart";
    };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), minutes: fc.oneof(fc.nat(50), fc.nat(300)) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("network" as const, "probe" as const, "exec" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(["rename", "pause", "create", "remove", "tag", "pull", "untag", "restart"] as const),
      ),
    }),
  },
  // As one sets it, or sleeps.
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("set" as const), minutes: fc.integer({ min: -90, max: 400 }) }),
  },
);

function perform(host: StillHost, deed: Deed, number: number): void {
  const { engine } = host.practice;
  const [container] = [...engine.containers.all()];
  const [image] = [...engine.images.all()];
  switch (deed.kind) {
    case "pass":
      host.pass(deed.minutes * minute);
      return;
    case "set":
      host.setClock(deed.minutes * minute);
      return;
    case "restart":
      engine.restart();
      return;
    case "network":
      engine.publish("network", "connect", "a".repeat(64), { name: "bridge" });
      return;
    case "probe":
      if (container !== undefined) engine.healthProbe(container.id);
      return;
    case "exec":
    case "rename":
      if (container !== undefined)
        engine.publish("container", deed.kind === "exec" ? "exec_die" : "rename", container.id, {
          image: "app:0",
          name: "web",
        });
      return;
    case "pause":
      if (container !== undefined) engine.publish("container", "pause", container.id, { image: "app:0" });
      return;
    case "create":
      if (image !== undefined) engine.createContainer(image.id);
      return;
    case "remove":
      if (container !== undefined) engine.removeContainer(container.id, "by-force");
      return;
    case "tag":
      if (image !== undefined) engine.tag(image.id, `moved:${number % 2}`);
      return;
    case "pull":
      engine.pull({ name: `registry.example/new:${number}`, megabytes: 5 });
      return;
    case "untag": {
      const [name] = image === undefined ? [] : engine.images.namesOf(image.id);
      if (name !== undefined && container === undefined) engine.untag(name);
    }
  }
}

const policies: fc.Arbitrary<PolicyRecipe> = fc.record({
  maxAgeMs: fc.constantFrom(null, hour, 8 * hour, 2 * day),
  graceMs: fc.constantFrom(0, 10 * minute, 3 * hour),
  keepRecent: fc.constantFrom(0, 1),
  maxVersions: fc.constantFrom(null, 1),
  quotaBytes: fc.constantFrom(null, 45_000_000, 10_000_000_000),
  keep: fc.constantFrom<readonly string[]>([], ["app:*"], ["nothing-like-this"]),
});

async function settled(limits: PolicyRecipe, apiVersion?: string): Promise<StillHost> {
  const host = await StillHost.start(limits, apiVersion);
  for (const number of [0, 1, 2])
    host.practice.engine.pull({ name: `app:${number}`, megabytes: 10 + number });
  host.practice.engine.startContainer(host.practice.engine.createContainer("app:0"));
  return host;
}

const histories = Number(process.env["DOCKER_GC_TEST_HISTORIES"] ?? 8);

describe("a run that had nothing to do", () => {
  it("leaves to the byte what a whole run would have left, whatever happened, and removes nothing that one would", async () => {
    let idle = 0;
    await fc.assert(
      fc.asyncProperty(
        policies,
        fc.array(deeds, { minLength: 8, maxLength: 16 }),
        async (limits, history) => {
          const host = await settled(limits);
          try {
            for (const [number, deed] of history.entries()) {
              perform(host, deed, number);
              const before = join(temporaryFolder(), "before.db");
              if (number > 0) copyFileSync(host.ledger, before);
              if ((await host.run()) === "whole") continue;
              idle += 1;
              const images = host.practice.engine.images.size;
              const { report } = await host.whole(before);
              expect(host.practice.engine.images.size).toBe(images);
              expect(contentOf(host.ledger)).toEqual(contentOf(before));
              expect({ ...report, images: [] }).toMatchObject({
                warnings: [],
                unmetLimits: [],
                gapWarning: null,
              });
            }
          } finally {
            await host.practice.close();
          }
        },
      ),
      { numRuns: histories },
    );
    expect(idle).toBeGreaterThan(histories);
  }, 300_000);

  it("asks an engine for its events, and for no list", async () => {
    const host = await settled({ maxAgeMs: day });
    onTestFinished(() => host.practice.close());
    await host.runUntilIdle();
    host.practice.requests.length = 0;
    expect(await host.run()).toBe("idle");
    expect(host.practice.requests.map(({ path }) => path.replace(/\?.*/, ""))).toEqual([
      "/_ping",
      "/info",
      "/events",
    ]);
  });

  it("ends when an image is due: not a millisecond later", async () => {
    const host = await settled({ maxAgeMs: day });
    onTestFinished(() => host.practice.close());
    await host.runUntilIdle();
    const { since, forMs } = host.idleness ?? { since: { at: NaN }, forMs: NaN };
    expect(forMs).toBeGreaterThan(day - minute);
    // Runs every half hour: of an image that is held, a longer time would count as idle time.
    while (host.time + 30 * minute < since.at + forMs) {
      host.pass(30 * minute);
      expect(await host.run()).toBe("idle");
    }
    host.pass(since.at + forMs - host.time - 2);
    expect(await host.run()).toBe("idle");
    expect(host.practice.engine.images.size).toBe(3);
    expect(await host.run()).toBe("whole");
    expect(host.practice.engine.images.size).toBe(1);
  });

  it("is no guess: an engine that has restarted, or counts otherwise, is looked at", async () => {
    const host = await settled({ maxAgeMs: day });
    onTestFinished(() => host.practice.close());
    await host.runUntilIdle();
    host.idleness = host.idleness && {
      ...host.idleness,
      scene: host.idleness.scene.replace("3 images", "4 images"),
    };
    expect(await host.run()).toBe("whole");
    await host.runUntilIdle();
    host.practice.engine.restart();
    expect(await host.run()).toBe("whole");
  });

  it("is not to be had of an engine that has changes without an event", async () => {
    const host = await settled({ maxAgeMs: day }, "1.43");
    onTestFinished(() => host.practice.close());
    for (let number = 0; number < 4; number += 1) expect(await host.run()).toBe("whole");
  });
});
