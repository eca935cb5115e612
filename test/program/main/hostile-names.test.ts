import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { query } from "../../support/ledger/query.js";
import type { FaultRule } from "../../practice-engine/fault.js";
import { imageNamed, runJson } from "../../support/run-json.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

/** What a name, a label or a container's name would be if somebody wanted it to be more than a name. */
const words: readonly (readonly [kind: string, word: string])[] = [
  ["SQL", "x'); DROP TABLE image; DELETE FROM name; --"],
  ["JSON", '"},{"Id":"sha256:0","verdict":"keep'],
  ["a glob", "**"],
  ["a pattern", "re:.*"],
  ["a terminal's escapes and lines", "\u001b[2J\u009b31m\r\nfake: line\u202e"],
  ["a way up", "../../containers/web"],
  ["a query", "app:1?force=1&noprune=0"],
  ["a property of objects", "__proto__"],
];

/** The engine lists an image under this word. */
function listedAs(word: string): FaultRule {
  const written = JSON.stringify(word).slice(1, -1);
  return (method, path) =>
    method === "GET" && path.startsWith("/images/")
      ? { kind: "transform", body: (text) => text.replaceAll("hostile:1", written) }
      : undefined;
}

describe.each(words)("%s in the words of others is data", (_, word) => {
  it("names, labels and containers: nothing else is kept for them, or goes for them, and the ledger stays whole", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const options = { host: practice.host, ledger };
    const id = practice.engine.load({ name: "hostile:1", labels: { [word]: word, keep: word } });
    practice.engine.load({ name: "held:1" });
    practice.engine.createContainer("held:1", { name: word });
    practice.onRequest = listedAs(word);
    const args = ["--keep", "vendor/*", "--keep-label", "keep=yes"];

    const first = await runJson(["--dry-run", ...removeAll, ...args], options);
    await runJson([], options);
    const report = await runJson([...removeAll, ...args], options);

    for (const { images } of [first, report]) {
      expect(images).toHaveLength(4);
      expect(images.map(({ verdict }) => verdict).sort()).toEqual(["keep", "remove", "remove", "remove"]);
    }
    expect(imageNamed(report, "held:1")).toMatchObject({
      reasons: ["in-use"],
      inUseBy: [`container:${word}`],
    });
    expect(report.images.find((image) => image.id === id)).toMatchObject({
      outcome: "removed",
      refs: [word],
    });
    expect(report.exitCode).not.toBe(1);
    expect(practice.engine.images.size).toBe(1);
    expect(practice.requests.filter(({ path }) => path.includes("force"))).toEqual([]);
    expect(query(ledger, "SELECT count(*) AS images FROM image")).toEqual([{ images: 1 }]);
    expect(query(ledger, "SELECT names FROM removal WHERE image_id = '" + id + "'")).toEqual([
      { names: JSON.stringify([word]) },
    ]);
  });
});

describe("texts of megabytes in the words of others", () => {
  const long = "x".repeat(2_000_000);

  it("reach neither the ledger nor a report, and hold an image that has such a name", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const options = { host: practice.host, ledger };
    practice.engine.load({ name: "hostile:1" });
    practice.engine.load({ name: "labelled:1", labels: { note: long } });
    practice.engine.load({ name: "held:1" });
    practice.engine.createContainer("held:1", { name: long });
    practice.onRequest = listedAs(`hostile:${long}`);

    const report = await runJson(removeAll, options);

    expect(JSON.stringify(report).length).toBeLessThan(50_000);
    expect(statSync(ledger).size).toBeLessThan(500_000);
    expect(imageNamed(report, "labelled:1")).toMatchObject({ outcome: "removed" });
    expect(imageNamed(report, "held:1")).toMatchObject({ reasons: ["in-use"] });
    expect(report.images.find(({ reasons }) => reasons.includes("name-too-long"))).toMatchObject({
      verdict: "keep",
    });
  });
});
