import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** An engine of 50 MB in images, whose account has more. */
async function scene() {
  const practice = await startPracticeEngine({ apiVersion: "1.51", store: "containerd" });
  onTestFinished(() => practice.close());
  practice.engine.load({ name: "app:1", megabytes: 50 });
  const usage: Readonly<Record<string, object>> = {
    "/system/df?type=image": { LayersSize: 90_000_000 },
    "/system/df?type=container": { Containers: [{ SizeRw: 10_000_000 }] },
    "/system/df?type=build-cache": { BuildCache: [{ Size: 20_000_000 }] },
  };
  practice.onRequest = (_, path) => {
    const body = usage[path];
    return body === undefined ? undefined : { kind: "answer", status: 200, body };
  };
  return { practice, where: { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") } };
}

it("a difference to the engine's account is explained with its holders", async () => {
  const { where } = await scene();
  const { stdout } = await runHere(["status", "--verbose"], where);
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "85.8 MiB by the engine's own figures: 47.7 MiB in images, 9.54 MiB written by containers, 19.1 MiB in the build cache, " +
      "9.54 MiB that it does not explain",
  );
  expect(
    JSON.parse((await runHere(["status", "--verbose", "--output", "json"], where)).stdout),
  ).toMatchObject({
    account: { bytes: 90_000_000, containerBytes: 10_000_000, buildCacheBytes: 20_000_000 },
    usage: { bytes: 50_000_000, unpackedBytes: 50_000_000, contentBytes: 0 },
  });
});

it("the account, which may take the engine as long as a listing, is asked for with --verbose alone", async () => {
  const { practice, where } = await scene();
  await runHere(["status"], where);
  expect(practice.requests.filter(({ path }) => path.startsWith("/system/df"))).toEqual([]);
});
