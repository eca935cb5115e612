import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { fence } from "../../.config/fence.js";
import { projectRoot } from "../support/project.js";

function refusals(file: string, code: string): string[] {
  const config: Linter.Config = {
    files: ["**/*.ts"],
    plugins: { "docker-gc": { rules: { fence } } },
    rules: { "docker-gc/fence": "error" },
  };
  return new Linter({ cwd: projectRoot })
    .verify(code, config, join(projectRoot, file))
    .map(({ message }) => message);
}

describe("The direction of imports", () => {
  it.each([
    ["a room of core that knows a later one", "src/core/image/image.ts", "../plan/plan.js"],
    ["core that knows the engine", "src/core/plan/plan.ts", "../../engine/port.js"],
    ["core that reads files", "src/core/plan/plan.ts", "node:fs"],
    ["the engine that knows the ledger", "src/engine/docker-api/image-answers.ts", "../../ledger/port.js"],
    [
      "a transport that knows the adapter above it",
      "src/engine/transport/connection.ts",
      "../docker-api/image-answers.js",
    ],
    ["the ledger's adapter that knows a run", "src/ledger/sqlite-ledger.ts", "../run/run.js"],
    ["a run that knows an adapter", "src/run/run.ts", "../ledger/sqlite-ledger.js"],
    ["observing that knows removing", "src/run/observe/watch.ts", "../remove/removals.js"],
    ["a document that knows a format", "src/report/documents/run.ts", "../formats/text.js"],
    ["a page for a browser that knows a document", "src/report/html/page.ts", "../documents/run.js"],
    ["a check of doctor that knows a command", "src/doctor/checks/lock.ts", "../../cli/session.js"],
    ["reading of files that knows the engine", "src/files/trust.ts", "../engine/port.js"],
    [
      "the content store that knows the API",
      "src/engine/content/content-store.ts",
      "../docker-api/full-ids.js",
    ],
    ["a table of the ledger that knows the whole", "src/ledger/tables/images.ts", "../stored-ledger.js"],
    ["a report that knows a command", "src/report/documents/run.ts", "../../cli/command.js"],
    ["the edge of the process from within", "src/cli/command.ts", "../main.js"],
    ["yargs in another file than the parser's", "src/cli/options/settings.ts", "yargs"],
    ["SQLite outside the ledger", "src/run/run.ts", "better-sqlite3"],
    ["dockerode outside the transport", "src/engine/docker-api/image-answers.ts", "dockerode"],
    ["a package that nobody owns", "src/core/plan/plan.ts", "lodash"],
    ["colours outside the palette", "src/core/text/size.ts", "chalk"],
    ["a file of no room", "src/helpers.ts", "node:fs"],
  ])("refuse %s", (_, file, specifier) => {
    expect(refusals(file, `import x from "${specifier}"; x();`)).toHaveLength(1);
  });

  it("are checked where a file is loaded on demand, and where one is passed on", () => {
    expect(refusals("src/core/plan/plan.ts", 'await import("../../run/run.js");')).toHaveLength(1);
    expect(refusals("src/core/plan/plan.ts", 'export * from "../../run/run.js";')).toHaveLength(1);
    expect(refusals("src/core/plan/plan.ts", 'export { run } from "../../run/run.js";')).toHaveLength(1);
  });

  it("let a file know its own room and those before it", () => {
    expect(refusals("src/core/plan/plan.ts", 'import { Image } from "../image/image.js"; Image();')).toEqual(
      [],
    );
    expect(refusals("src/run/run.ts", 'import { engine } from "../engine/port.js"; engine();')).toEqual([]);
  });

  it("go round in no circle of files", () => {
    const files = readdirSync(join(projectRoot, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(projectRoot, "src", file));
    const imports = new Map(files.map((file) => [file, importsOf(file)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) {
        circles.push(
          [...trail.slice(trail.indexOf(file)), file].map((each) => relative(projectRoot, each)).join(" → "),
        );
        return;
      }
      if (done.has(file)) return;
      for (const next of imports.get(file) ?? []) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(files.length).toBeGreaterThan(200);
    expect(circles).toEqual([]);
  });
});

function importsOf(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)\.js"/g)].map(
    ([, path]) => resolve(dirname(file), `${path}.ts`),
  );
}
