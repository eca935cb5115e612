import { once } from "node:events";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { listedCallOf, listedCalls } from "../../support/engine-calls.js";
import { startGuard } from "../../support/guard.js";
import { realClock } from "../../practice-engine/clock.js";
import type { Fault } from "../../practice-engine/fault.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { runHere, spawnCli } from "../../support/run-cli.js";
import { spawnJson, type JsonReport } from "../../support/run-json.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { removeAll } from "../../support/small-engine.js";

interface Where {
  readonly host: string;
  readonly ledger: string;
}

/** A run of some kind; what it answers must not depend on what stands between the command and the engine. */
interface Story {
  readonly name: string;
  readonly apiVersion?: string;
  readonly store?: "containerd";
  readonly tell: (practice: PracticeEngine, where: Where) => Promise<unknown>;
  /** Calls that it cannot do without. */
  readonly needs: readonly string[];
}

/** No two things happen in the same millisecond, so that their order is the same each time. */
function orderlyClock(): () => bigint {
  const real = realClock();
  let added = 0n;
  return () => real() + (added += 2_000_000n);
}

const tagging = "POST /images/ID/tag?repo=REPO&tag=TAG";
const removing = "DELETE /images/NAME?noprune=1";

/** Images of every kind: names in several repositories, digests of two, none at all, a parent with its child. */
function fill({ engine }: PracticeEngine): void {
  engine.load({ name: "one:1" });
  engine.load({ name: ["many:1", "many:2", "registry.example:5000/team/many:1"] });
  engine.pull({ name: "one.example/pulled:1", content: "same" });
  engine.pull({ name: "two.example/pulled:1", content: "same" });
  engine.load({});
  const parent = engine.load({ name: "base:1" });
  engine.build({ parent, name: "child:1" });
  engine.createContainer("one:1", { name: "web" });
}

function essence({ images, totals, exitCode }: JsonReport): unknown {
  const each = images.map(({ id, refs, verdict, reasons, outcome, outcomeDetail }) => ({
    ...{ id, refs: refs.toSorted(), verdict, reasons, outcome, outcomeDetail },
  }));
  return { each, totals, exitCode };
}

function namesOf({ engine }: PracticeEngine): unknown {
  return [...engine.images.all()].map(({ id }) => [id, engine.images.namesOf(id)]);
}

/** A swarm whose one service names an image. */
function asManager(_method: string, path: string): Fault | undefined {
  if (path === "/info") {
    const body = (text: string) => text.replace('"ControlAvailable":false', '"ControlAvailable":true');
    return { kind: "transform", body };
  }
  const Spec = { Name: "shop", TaskTemplate: { ContainerSpec: { Image: "base:1" } } };
  return path === "/services" ? { kind: "answer", status: 200, body: [{ ID: "shop", Spec }] } : undefined;
}

/** Does something at the n-th removal. */
function atRemoval(practice: PracticeEngine, number: number, deed: () => Fault | undefined): void {
  let count = 0;
  practice.onRequest = (method) => (method === "DELETE" && ++count === number ? deed() : undefined);
}

const stories: readonly Story[] = [
  {
    name: "a first run and one with nothing to do",
    needs: ["GET /images/NAME/history"],
    tell: async (practice, where) => {
      fill(practice);
      return [essence(await spawnJson([], where)), essence(await spawnJson([], where))];
    },
  },
  {
    name: "removals of every kind",
    needs: [removing, "GET /system/df"],
    tell: async (practice, where) => {
      fill(practice);
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "removals on an engine of API 1.51",
    apiVersion: "1.51",
    needs: [removing, "GET /system/df?type=image"],
    tell: async (practice, where) => {
      fill(practice);
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "removals in a containerd store",
    apiVersion: "1.51",
    store: "containerd",
    needs: [removing, "GET /images/json?all=1&manifests=1", "GET /images/NAME/json?manifests=1"],
    tell: async (practice, where) => {
      fill(practice);
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "removals on an engine of API 1.53",
    apiVersion: "1.53",
    needs: [removing, "GET /v1.51/images/NAME/json"],
    tell: async (practice, where) => {
      fill(practice);
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "removals in a containerd store of API 1.53",
    apiVersion: "1.53",
    store: "containerd",
    needs: [removing, "GET /v1.51/images/NAME/json?manifests=1"],
    tell: async (practice, where) => {
      fill(practice);
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "a run in a containerd store that tells no manifests, after an image's ID vanished under a container",
    apiVersion: "1.44",
    store: "containerd",
    needs: ["GET /containers/CONTAINER/json"],
    tell: async (practice, where) => {
      practice.engine.buildx({ name: "app:1", content: "same" });
      practice.engine.createContainer("app:1", { name: "web" });
      practice.engine.buildx({ name: "app:1", content: "same" });
      const { each, totals } = essence(await spawnJson(removeAll, where)) as {
        each: object[];
        totals: object;
      };
      return [each.map((one) => ({ ...one, id: "", refs: [] })), totals];
    },
  },
  {
    name: "a run after a name was pulled twice, in a containerd store",
    apiVersion: "1.51",
    store: "containerd",
    needs: ["GET /images/json?all=1&filters=REPOSITORIES", "GET /images/json?all=1&filters=NAMELESS"],
    tell: async (practice, where) => {
      fill(practice);
      const first = essence(await spawnJson([], where));
      for (const content of ["new", "newer"])
        practice.engine.pull({ name: "registry.example:5000/team/many:1", content });
      return [first, essence(await spawnJson([], where))];
    },
  },
  {
    name: "a removal that is refused half-way",
    needs: [removing, tagging],
    tell: async (practice, where) => {
      practice.engine.load({ name: ["many:1", "many:2", "registry.example:5000/team/many:1"] });
      atRemoval(practice, 3, () => void practice.engine.createContainer("many:1", { name: "late" }));
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "removals meanwhile a container is created",
    needs: [
      "GET /containers/json?all=1&filters=CONTAINERS",
      "GET /events?since=0&until=TIME",
      "GET /events?since=TIME&until=TIME",
    ],
    tell: async (practice, where) => {
      for (const name of ["one:1", "two:1", "three:1"]) practice.engine.load({ name });
      atRemoval(practice, 1, () => {
        practice.engine.createContainer("three:1", { name: "late" });
        // This clock is ahead of that of the command, which asks for no event that is still to come: the next look has to find it.
        return { kind: "delay", ms: 250 };
      });
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
  {
    name: "a run after one that was killed half-way",
    needs: [removing, tagging],
    tell: async (practice, where) => {
      practice.engine.load({ name: ["many:1", "many:2", "team/many:1"] });
      let reach: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      atRemoval(practice, 2, () => {
        reach();
        return { kind: "hang" };
      });
      const { child } = await spawnCli(removeAll, where);
      await reached;
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
      practice.onRequest = undefined;
      return [essence(await spawnJson([], where)), namesOf(practice)];
    },
  },
  {
    name: "commands that only look",
    needs: [],
    tell: async (practice, where) => {
      fill(practice);
      const codes = [await runHere([], where)].map(({ exitCode }) => exitCode);
      for (const command of [["status"], ["explain", "many:1", "child:1"]])
        codes.push((await runHere(command, where)).exitCode);
      expect(codes).toEqual([0, 0, 0]);
      return codes;
    },
  },
  {
    name: "a look at the disk, and removals of what a registry still has",
    apiVersion: "1.51",
    needs: ["GET /system/df?type=volume", "GET /distribution/NAME/json"],
    tell: async (practice, where) => {
      fill(practice);
      const { exitCode } = await runHere(["status", "--disk"], where);
      return [
        exitCode,
        essence(await spawnJson(["--keep-unpullable", ...removeAll], where)),
        namesOf(practice),
      ];
    },
  },
  {
    name: "a run that lingers",
    needs: ["GET /events"],
    tell: async (practice, where) => {
      fill(practice);
      return essence(await spawnJson(["--linger", "1s"], where));
    },
  },
  {
    name: "a run on a swarm manager",
    needs: ["GET /services", removing],
    tell: async (practice, where) => {
      fill(practice);
      practice.onRequest = asManager;
      return [essence(await spawnJson(removeAll, where)), namesOf(practice)];
    },
  },
];

/** What only a real Podman is asked. */
const ofOthers = ["GET /events?since=0&stream=false", "GET /events?since=TIME&stream=false"];

describe("no call is made but those that docs/security.md lists, and the result is the same where all others are refused", () => {
  const made = new Set<string | null>();

  it.each(stories)("$name", async ({ apiVersion, store, tell, needs }) => {
    const told = async (door: (host: string) => Promise<string>): Promise<unknown> => {
      const now = orderlyClock();
      const practice = await startPracticeEngine({
        now,
        ...(apiVersion === undefined ? {} : { apiVersion }),
        ...(store === undefined ? {} : { store }),
      });
      onTestFinished(() => practice.close());
      const ledger = join(temporaryFolder(), "ledger.db");
      return tell(practice, { host: await door(practice.host), ledger });
    };
    let guard: Awaited<ReturnType<typeof startGuard>> | undefined;
    const behind = await told(async (host) => {
      guard = await startGuard(host);
      onTestFinished(() => guard?.close());
      return guard.host;
    });
    expect(guard?.refused).toEqual([]);
    const calls = new Set(guard?.passed.map(listedCallOf));
    for (const call of calls) made.add(call);
    expect([...calls]).toEqual(expect.arrayContaining(["GET /_ping", "GET /info", ...needs]));
    expect(behind).toEqual(await told((host) => Promise.resolve(host)));
  });

  afterAll(() => {
    expect([...made, ...ofOthers].sort()).toEqual([...listedCalls].sort());
  });
});

describe("a dry run", () => {
  it("asks, and does nothing: every call is a GET, also where names are to be given back", async () => {
    const practice = await startPracticeEngine();
    onTestFinished(() => practice.close());
    const where = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
    await stories.find(({ name }) => name.includes("killed"))?.tell(practice, where);
    fill(practice);
    practice.onRequest = asManager;
    practice.requests.length = 0;
    const result = await runHere(["--dry-run", ...removeAll], where);
    expect(result.stdout).toContain("Would free");
    expect(new Set(practice.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });
});
