import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../support/project.js";
import { runCli } from "../../support/run-cli.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** Projects by the names of their images, as compose prints them; null for one that it cannot read. */
function keepFileOf(projects: Readonly<Record<string, readonly string[] | null>>, before = "") {
  const folder = temporaryFolder();
  const folders = Object.entries(projects).map(([name, images]) => {
    const project = join(folder, name);
    mkdirSync(project);
    const text = images === null ? "broken" : images.map((image) => `${image}\n`).join("");
    writeFileSync(join(project, "compose.yaml"), text);
    return project;
  });
  const docker = `#!/bin/sh
[ "$*" = "compose --profile * config --images" ] || exit 9
! grep -q broken compose.yaml && cat compose.yaml
`;
  writeFileSync(join(folder, "docker"), docker, { mode: 0o755 });
  const keep = join(folder, "compose.keep");
  writeFileSync(keep, before);
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const script = join(projectRoot, "examples/compose-keep.sh");
  const { status } = spawnSync("sh", [script, keep, ...folders], { env, encoding: "utf8" });
  return { status, keep, files: readdirSync(folder).filter((name) => name.startsWith("compose.keep")) };
}

it("the images of compose projects that are down stay, also those that compose builds", async () => {
  const practice = await practiceEngine();
  practice.engine.load({ name: "shop-web:latest", content: "web" });
  practice.engine.load({ name: "registry.example/db:16", content: "db" });
  const { status, keep } = keepFileOf({ shop: ["shop-web", "registry.example/db:16"], blog: ["app:1"] });
  expect(status).toBe(0);
  const { stdout } = await runCli([...removeAll, "--keep-file", keep], { host: practice.host });
  expect(stdout).toContain("app:2");
  const left = [...practice.engine.images.all()].flatMap(({ id }) => practice.engine.images.namesOf(id));
  expect(left.sort()).toEqual([
    "docker.io/library/app:1",
    "docker.io/library/shop-web:latest",
    "registry.example/db:16",
  ]);
});

it("a project that compose cannot read leaves the keep file as it was, and nothing beside it", () => {
  const { status, keep, files } = keepFileOf({ shop: ["shop-web"], blog: null }, "blog:1\n");
  expect(status).not.toBe(0);
  expect(readFileSync(keep, "utf8")).toBe("blog:1\n");
  expect(files).toEqual(["compose.keep"]);
});
