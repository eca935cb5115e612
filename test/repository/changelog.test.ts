import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../support/project.js";

const changelog = readFileSync(join(projectRoot, "CHANGELOG.md"), "utf8");

it("begins with the version of the package", () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
  };
  expect(/^## \[(.*?)\]/m.exec(changelog)?.[1]).toBe(version);
});
