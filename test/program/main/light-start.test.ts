import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../support/project.js";
import { practiceEngine } from "../../support/small-engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** What Node takes long to load, and a run from cron has no use for. */
const heavy = [
  "crypto",
  "perf_hooks",
  "internal/fs/promises",
  "child_process",
  "tls",
  "internal/modules/esm/loader",
];

it("loads nothing heavy of Node for a run with nothing to do, once its compiled code is kept", async () => {
  const practice = await practiceEngine();
  const folder = temporaryFolder();
  const [noting, noted] = [join(folder, "note.cjs"), join(folder, "loaded.json")];
  writeFileSync(
    noting,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(noted)}, JSON.stringify(process.moduleLoadList)));`,
  );
  const options = ["--quiet", "--host", practice.host, "--ledger", join(folder, "ledger.db")];
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    XDG_CACHE_HOME: join(folder, "cache"),
    DOCKER_GC_CONFIG: "/dev/null",
  };
  const words = ["--require", noting, join(projectRoot, "bin/docker-gc.js"), ...options];
  for (let run = 0; run < 2; run += 1) {
    // As from cron, whose standard input is no terminal.
    const child = spawn(process.execPath, words, { env, stdio: "ignore" });
    expect(await once(child, "exit")).toEqual([0, null]);
  }
  const loaded = JSON.parse(readFileSync(noted, "utf8")) as readonly string[];
  expect(heavy.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual([]);
});
