import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until no other process holds the subject, and holds it until the answer is called. A lock whose process
 * is gone counts for nothing.
 */
export async function lockForThisProcess(subject: string): Promise<() => Promise<void>> {
  const name = createHash("sha256").update(subject).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `docker-gc-test-${name}.lock`);
  while (!(await tryLock(path))) {
    if (await isStale(path)) await rm(path, { force: true });
    await sleep(100);
  }
  return () => rm(path, { force: true });
}

async function tryLock(path: string): Promise<boolean> {
  return writeFile(path, String(process.pid), { flag: "wx" }).then(
    () => true,
    () => false,
  );
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, "utf8").catch(() => ""));
  // An empty file is being written at this moment.
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
