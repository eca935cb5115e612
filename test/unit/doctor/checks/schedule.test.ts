import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkSchedule, type ScheduledRun } from "../../../../src/doctor/checks/schedule.js";
import { Failure } from "../../../../src/core/text/failure.js";

describe("the schedule", () => {
  const age = { name: "max-age", text: "7d", origin: "default" };
  const own = [age, { name: "quota", text: "50G", origin: "config.yaml:1" }];
  const scheduled = (
    changes: object = {},
    settings: ScheduledRun["settings"] = { kind: "answered", value: own },
  ) => {
    const entry = {
      where: "docker-gc.timer",
      when: "*:0/5",
      words: [],
      env: {},
      state: "on",
      ...changes,
    } as const;
    return { entry, settings };
  };

  it.each<[string, readonly ScheduledRun[], RegExp]>([
    [
      "goes by what is seen here",
      [scheduled()],
      /^good docker-gc.timer \(\*:0\/5\) starts runs with max-age 7d, quota 50G$/,
    ],
    ["is off", [scheduled({ state: "off" })], /^problem .* systemctl enable --now docker-gc.timer/],
    [
      "ends with the next boot",
      [scheduled({ state: "until-boot" })],
      /^problem .* systemctl enable docker-gc.timer/,
    ],
    ["is not there", [], /^problem nothing starts runs here/],
    [
      "goes by other limits",
      [scheduled({}, { kind: "answered", value: [age, { name: "quota", text: "80G", origin: "--quota" }] })],
      /^problem .* other settings than this command: quota 80G \(--quota\) and not 50G \(config.yaml:1\)/,
    ],
    [
      "removes nothing",
      [scheduled({}, { kind: "answered", value: [...own, { name: "dry-run", text: "true", origin: "-n" }] })],
      /^problem .* remove nothing/,
    ],
    [
      "is refused",
      [scheduled({}, { kind: "failed", failure: new Failure("usage", "There is no option --qouta.") })],
      /^problem .* are refused: There is no option --qouta mend/,
    ],
  ])("%s", (_, runs, expected) => {
    expect(checksText(checkSchedule({ runs, own, hidden: null }))).toMatch(expected);
  });

  it("counts a timer that is off for nothing where something else starts runs", () => {
    const runs = [scheduled({ state: "off" }), scheduled({ where: "the crontab of root" })];
    expect(checksText(checkSchedule({ runs, own, hidden: null }))).toMatch(/^good the crontab of root/);
  });

  it("cannot be told from within a container", () => {
    expect(checksText(checkSchedule({ runs: [], own, hidden: "this is a container" }))).toBe(
      "skipped this is a container",
    );
  });
});
