import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseConfig } from "../../src/cli/options/config-file/parse.js";
import { options } from "../../src/cli/options/options.js";
import { resolveSettings } from "../../src/cli/options/settings.js";
import { bareRun } from "../support/raw.js";
import { readExample } from "../support/command-lines.js";
import { projectRoot } from "../support/project.js";
import { configSchema } from "./config-schema.js";

const path = join(projectRoot, "src/schemas/config.schema.json");
const validate = new Ajv({ strict: true, strictTypes: false }).compile(configSchema());

/** What a run would say to a config file. */
function isTaken(text: string): boolean {
  try {
    resolveSettings(
      { ...bareRun, ...parseConfig(text, { path: "x.yaml", home: "/" }) },
      { readFile: () => "" },
    );
    return true;
  } catch {
    return false;
  }
}

describe("the schema of a config file", () => {
  // After a change of the options: npm test -- -u test/repository/config-schema.test.ts
  it("is the one that the options make", async () => {
    await expect(`${JSON.stringify(configSchema(), null, 2)}\n`).toMatchFileSnapshot(path);
  });

  it("has the options that a config file may set, and no others", () => {
    expect(Object.keys(configSchema()["properties"] as object)).toEqual(
      options.filter(({ variable, name }) => variable !== null && name !== "config").map(({ name }) => name),
    );
  });

  it.each([
    "{}",
    ...["7d", "1d12h", "off", "'90s'", "500ms", "1w2d3h4m5s6ms", "2 weeks", "6d 22h", "24hrs"].map(
      (age) => `max-age: ${age}`,
    ),
    ...["50G", "50GiB", "1.5 tb", "5000000", "'01048576'", "5 B", "80%", "50 %", "0.5%", "50Gi", "off"].map(
      (size) => `quota: ${size}`,
    ),
    ...["100000", "'5'", "10%", "off"].map((count) => `min-free-inodes: ${count}`),
    ...["3", "off"].map((count) => `max-versions: ${count}`),
    ...["0", "3", "'3'"].map((count) => `keep-recent: ${count}`),
    "dry-run: true",
    "output: json",
    "color: never",
    "keep: [a, 123456789012]",
    "keep-label: [a=b]",
    "ledger: /x",
    "host: ssh://h",
  ])("allows what a run takes: %s", (text) => {
    expect([validate(parseYaml(text)), isTaken(text)]).toEqual([true, true]);
  });

  it.each([
    "quotta: 5G",
    "config: x",
    ...["7", "''", "1h1d", "d", "Off", "-7d", "true", "[7d]"].map((age) => `max-age: ${age}`),
    ...["lots", "-5", "50", "'1048575'", "1.5", "1e3x", "5 GG", "80%%", "5GG", "null"].map(
      (size) => `quota: ${size}`,
    ),
    "quota-target: off",
    "min-free-inodes: 10K",
    ...["-1", "1.5", "x", "off"].map((count) => `keep-recent: ${count}`),
    ...["'true'", "1", "yes"].map((value) => `dry-run: ${value}`),
    "output: yaml",
    "keep: redis",
    "keep: []",
    "keep: ['']",
    "keep: [[a]]",
    "keep: [true]",
    "ledger: ''",
    "[]",
    "x",
  ])("allows nothing that a run refuses: %s", (text) => {
    expect([validate(parseYaml(text)), isTaken(text)]).toEqual([false, false]);
  });
});

describe("the example of a config file", () => {
  const example = readExample("config.yaml");

  it("is taken, and allowed by the schema", () => {
    expect(validate(parseYaml(example))).toBe(true);
    expect(isTaken(example)).toBe(true);
  });

  it("names the schema for editors", () => {
    const [, address] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(example) ?? [];
    expect(join(projectRoot, "examples", address ?? "")).toBe(path);
  });

  it("shows options that are commented out as they could stand", () => {
    const whole = example.replace(/^# (?=[a-z-]+: |  - )/gm, "");
    const { host, ...rest } = parseConfig(whole.replace(/^yaml-language-server.*$/m, ""), {
      path: "x",
      home: "/",
    }).values;
    expect(host?.value).toBe("ssh://gc@build-02");
    expect(Object.keys(rest).length).toBeGreaterThan(5);
  });
});
