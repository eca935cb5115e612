import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

const image = {
  Id: `sha256:${"1".repeat(64)}`,
  ParentId: "",
  RepoTags: ["example:1"],
  RepoDigests: null,
  Labels: null,
  Size: 1,
  Created: 1,
};

const container = { Id: "2".repeat(64), Names: ["/one"], ImageID: image.Id, State: "running", Mounts: [] };

const event = {
  Type: "image",
  Action: "load",
  Actor: { ID: image.Id, Attributes: { name: image.Id } },
  time: 1,
  timeNano: 1_000_000_000,
};

/** Just enough of an engine for a run that has nothing to do. */
const answers: Readonly<Record<string, () => unknown>> = {
  "/_ping": () => "OK",
  "/info": () => ({
    ID: "none",
    Name: "none",
    Driver: "overlay2",
    DockerRootDir: "/",
    ServerVersion: "1",
    SystemTime: new Date().toISOString(),
  }),
  "/images/json": () => [image],
  "/containers/json": () => [container],
  "/events": () => event,
  [`/images/${image.Id}/json`]: () => ({ ...image, RootFS: { Type: "layers", Layers: [image.Id] } }),
  [`/images/${image.Id}/history`]: () => [{ Id: image.Id, Created: 1, CreatedBy: "", Size: 1, Tags: null }],
};

/**
 * Runs the program in `folder` on a made-up engine, and puts what V8 compiled meanwhile beside it. Only the same Node
 * can use it; any other one compiles for itself, so where it cannot be made the program is no less whole.
 */
export async function addCompiledCode(folder: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "docker-gc-build-"));
  const socket = join(scratch, "engine.sock");
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[url.replace(/\?.*/, "")];
    response.writeHead(answer === undefined ? 404 : 200, { "api-version": "1.43" });
    response.end(JSON.stringify(answer?.() ?? { message: "not here" }));
  });
  const run = (...preload: readonly string[]) =>
    execute(
      process.execPath,
      [
        ...preload,
        join(folder, "main.cjs"),
        "--host",
        `unix://${socket}`,
        "--ledger",
        join(scratch, "ledger.db"),
      ],
      { env: { HOME: scratch } },
    );
  try {
    server.listen(socket);
    await once(server, "listening");
    await run();
    // The second one knows all images, as most do.
    await run("--require", fileURLToPath(new URL("keep-code.cjs", import.meta.url)));
  } catch (error) {
    console.warn(`The program goes without compiled code: ${String(error)}`);
  } finally {
    server.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
