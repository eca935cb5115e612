import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { removeAll } from "../support/small-engine.js";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { listedCallOf } from "../support/engine-calls.js";
import { startGuard, type Guard } from "../support/guard.js";
import { haproxyProgram, startHaproxy } from "../support/haproxy.js";
import { runCli } from "../support/run-cli.js";
import { imageNamed, spawnJson } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { sendRequest } from "../support/unix-http.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;

/** Any of these would make of the socket more than docker-gc needs. */
const others: readonly (readonly [method: string, path: string])[] = [
  ["POST", "/containers/create"],
  ["POST", "/images/create?fromImage=app"],
  ["POST", "/build"],
  ["GET", "/containers/json"],
  ["GET", "/containers/web/json"],
  ["GET", "/images/../containers/web/json"],
  ["GET", "/images/x/../../containers/web/json"],
  ["GET", "/images/app:1/get"],
  ["GET", "/images/%2e%2e/containers/web/json"],
  ["GET", "/v1.41/containers/web/json"],
  ["GET", "/events?since=0&filters=x"],
  ["GET", "/distribution/../containers/web/json"],
  ["DELETE", "/images/app:1"],
  ["DELETE", "/images/app:1?noprune=1&force=1"],
  ["DELETE", "/images/app:1?force=1"],
  ["DELETE", "/containers/web?noprune=1"],
  ["POST", "/images/app:1/tag?repo=app&tag=2"],
  ["POST", "/images/prune"],
  ["PUT", "/_ping"],
];

interface Door {
  readonly host: string;
  readonly guard: Guard;
}

async function guardDoor(host: string): Promise<Door> {
  const guard = await startGuard(host);
  onTestFinished(() => guard.close());
  return { host: guard.host, guard };
}

/** The guard behind it sees what it has let through. */
async function haproxyDoor(host: string): Promise<Door> {
  const { guard } = await guardDoor(host);
  const haproxy = await startHaproxy(guard.host);
  onTestFinished(() => haproxy.close());
  return { host: haproxy.host, guard };
}

if (haproxyProgram === null) {
  const message = "No haproxy: examples/haproxy.cfg is not tried.";
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(`SKIPPED: ${message}`);
}

describeWithRealEngine("a real engine behind a door that only the listed calls pass", (engine) => {
  beforeEach(() => engine().client.removeAll());
  afterEach(async () => {
    await engine().client.request("POST", "/swarm/leave?force=1");
  });

  describe.each([
    ["a guard", guardDoor, true],
    ["HAProxy, as in examples", haproxyDoor, haproxyProgram !== null],
  ] as const)("%s", (_, open, isThere) => {
    it.skipIf(!isThere)(
      "lets whole runs through: idle, dry, lingering, with removals and a roll-back",
      async () => {
        const { client, host } = engine();
        const door = await open(host);
        const options = { host: door.host, ledger: join(temporaryFolder(), "ledger.db") };
        const used = await client.loadImage({ name: "used:1", layers: [small] });
        await client.loadImage({ name: "idle:1", layers: [small] });
        await client.loadImage({ name: ["many:1", "many:2", "other/many:1"], layers: [small] });
        await client.loadImage({ name: ["late:1", "late:2", "other/late:1"], layers: [small] });
        await client.createContainer(used, { name: "web" });
        // As soon as its first name goes, somebody uses it.
        door.guard.onCall = async (call) => {
          if (!/^DELETE .*late:/.test(call)) return;
          door.guard.onCall = undefined;
          await client.createContainer("late:1", { name: "late" });
        };

        expect((await spawnJson([], options)).exitCode).toBe(0);
        const dry = await spawnJson(["--dry-run", ...removeAll], options);
        const real = await spawnJson(removeAll, options);
        expect((await runCli(["--linger", "1s"], options)).exitCode).toBe(0);

        expect(door.guard.refused).toEqual([]);
        expect(imageNamed(dry, "many:1").verdict).toBe("remove");
        expect(imageNamed(real, "used:1")).toMatchObject({ verdict: "keep", reasons: ["in-use"] });
        expect(imageNamed(real, "idle:1").outcome).toBe("removed");
        expect(imageNamed(real, "many:1").outcome).toBe("removed");
        expect(imageNamed(real, "late:1").outcome).toBe("refused");
        const kept = (await client.inspectImage("late:1"))?.RepoTags ?? [];
        expect(kept).toHaveLength(3);
        expect(await client.listImages()).toHaveLength(2);
        const made = new Set(door.guard.passed.map(listedCallOf));
        expect([...made]).toEqual(
          expect.arrayContaining(["DELETE /images/NAME?noprune=1", "POST /images/ID/tag?repo=REPO&tag=TAG"]),
        );
      },
    );

    it.skipIf(!isThere)("lets a run on a swarm manager through", async ({ skip }) => {
      const { client, host } = engine();
      const swarm = { ListenAddr: "127.0.0.1:0", AdvertiseAddr: "127.0.0.1" };
      if (await client.isPodman()) skip("Podman knows no swarm");
      const started = await client.request("POST", "/swarm/init", swarm);
      expect(started.status, started.text).toBe(200);
      await client.loadImage({ name: "idle:1", layers: [small] });
      const door = await open(host);
      const report = await spawnJson(removeAll, { host: door.host });
      expect(imageNamed(report, "idle:1").outcome).toBe("removed");
      expect(door.guard.refused).toEqual([]);
      expect(door.guard.passed).toContain("GET /services");
    });

    it.skipIf(!isThere).each(others)("answers 403 to %s %s", async (method, path) => {
      const door = await open(engine().host);
      expect((await sendRequest({ host: door.host, method, path })).status).toBe(403);
      expect(door.guard.passed).toEqual([]);
    });
  });
});
