import { expect, it } from "vitest";
import { bill } from "../../.config/package/bill.js";
import { projectRoot } from "../support/project.js";

interface Bill {
  readonly components: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
}

it("the bill of materials names what is inside, each with its version, and is the same each time", async () => {
  const text = await bill(projectRoot);
  const { components } = JSON.parse(text) as Bill;
  expect(components.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["better-sqlite3", "dockerode", "node", "yaml", "yargs"]),
  );
  for (const { version, purl } of components) {
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(purl.endsWith(`@${version}`)).toBe(true);
  }
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
  expect(await bill(projectRoot)).toBe(text);
});
