import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../support/project.js";
import { measureProcess, node } from "./measure-process.js";

/** A practice engine with many images, in a process of its own, and a ledger that knows them all. */
export interface Crowd {
  readonly socketPath: string;
  readonly ledger: string;
  /** `bin/docker-gc.js` with the options of this engine. */
  readonly ourCommand: readonly string[];
  close(): Promise<void>;
}

export const program = join(projectRoot, "bin/docker-gc.js");
const server = fileURLToPath(new URL("crowded-engine.ts", import.meta.url));

/** Of an engine that announces every change of its images; 1.43 announces some. */
export const announcing = "1.47";

export async function startCrowd(images: number, containers: number, apiVersion = "1.43"): Promise<Crowd> {
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-bench-"));
  const args = ["--max-old-space-size=8192", "--import", "tsx", server, String(images)];
  args.push(String(containers), apiVersion);
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ["pipe", "pipe", "inherit"] });
  const [host] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  const ledger = join(folder, "ledger.db");
  const options = ["--host", host.trim(), "--ledger", ledger, "--timeout", "10m"];
  const ourCommand = [program, ...options];
  // The first run learns the images, the second one writes the first steady record, and with --quiet finds that nothing is due.
  for (let run = 0; run < 3; run += 1) await measureProcess(node(...ourCommand, "--quiet"));
  return {
    socketPath: host.trim().slice("unix://".length),
    ledger,
    ourCommand,
    close: async () => {
      const closed = once(child, "exit");
      child.stdin.end();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
