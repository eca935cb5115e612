import { describe, expect, it } from "vitest";
import { renderQuiet } from "../../../support/render-quiet.js";
import { buildKept, buildRemoval, buildReport } from "../../../support/build-report.js";
import { scenarios } from "../../../support/scenarios.js";

describe("a quiet report", () => {
  it.each(["dry-run", "first-run", "nothing-to-do"])("is empty for %s", (name) => {
    expect(renderQuiet(scenarios[name] ?? buildReport())).toEqual([]);
  });

  it("is empty when an image came into use just before its removal", () => {
    const images = [buildRemoval(1, ["age"], { outcome: "refused", outcomeDetail: "in use" })];
    expect(renderQuiet(buildReport({ mode: "run", images }))).toEqual([]);
  });

  it("is empty for images that failed before, as they were told of then", () => {
    const images = [buildKept(1, ["failed-before"], { retryAt: 1 })];
    expect(renderQuiet(buildReport({ mode: "run", images }))).toEqual([]);
  });

  it("tells failures, without the images that went well", () => {
    expect(renderQuiet(scenarios["mixed-outcomes"] ?? buildReport())).toEqual([
      "Freed 1.28 GiB: 2 of 10 images removed, 1 failed, 1 refused, 1 skipped, 1 already gone.",
      "  failed api:1.9 +2: The engine says: open layer.tar: input/output error.",
    ]);
  });

  it("tells a limit that cannot be met, and who holds the bytes", () => {
    expect(renderQuiet(scenarios["unmet-quota"] ?? buildReport())).toEqual([
      "The quota of 2 GiB cannot be met: 3.19 GiB stay. " +
        "Held by: within grace 2.1 GiB, kept by a rule 430 MiB, in use 410 MiB, could not be removed 260 MiB. " +
        "In the way: base:1 (250 MiB: The engine says: image is in use by an external container (HTTP status 409)); " +
        "base:2 (10 MiB).",
    ]);
  });

  it("tells that a run ended early", () => {
    const report = buildReport({ mode: "run", images: [buildRemoval(1, ["age"])], interruptedBy: "SIGINT" });
    expect(renderQuiet(report)).toEqual(["Interrupted by SIGINT. 1 planned image left alone."]);
    expect(
      renderQuiet(buildReport({ stoppedBy: { code: "engine", message: "The engine went away." } })),
    ).toEqual(["Stopped early: The engine went away."]);
  });

  it("tells warnings", () => {
    expect(renderQuiet(buildReport({ warnings: ["--keep x matches no image."] }))).toEqual([
      "Warning: --keep x matches no image.",
    ]);
  });
});
