import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseLogLine } from "../../../../src/engine/log/log-line.js";
import { parseEventLines } from "../../../../src/engine/transport/event-lines.js";
import { failureOf } from "../../../support/failure-of.js";
import { logLine } from "./log-lines.js";

/**
 * What stood in the log of a Podman, and its own answer to `GET /events` about it: images were loaded, tagged, saved, committed and
 * removed, a pull failed, and containers, pods, volumes, networks and secrets came and went.
 */
const folder = new URL("recorded/", import.meta.url);
const versions = readdirSync(folder).flatMap((file) => /^podman-(.*)\.log\.txt$/.exec(file)?.[1] ?? []);

async function* once(bytes: Buffer) {
  yield await Promise.resolve(bytes);
}

describe("a line of Podman's log", () => {
  it.each(versions)("is the event that Podman %s makes of it", async (version) => {
    const log = readFileSync(new URL(`podman-${version}.log.txt`, folder), "utf8");
    const told = [];
    const answer = readFileSync(new URL(`podman-${version}.answer.txt`, folder));
    for await (const event of parseEventLines(once(answer))) told.push(event);
    expect(log.trimEnd().split("\n").map(parseLogLine)).toEqual(told);
  });

  it.each([
    ["2027-01-15T09:00:00Z", 1_800_003_600_000_000_000n],
    ["2027-01-15T09:00:00.5Z", 1_800_003_600_500_000_000n],
    ["2027-01-15T09:00:00.000000001Z", 1_800_003_600_000_000_001n],
    ["2027-01-15T10:30:00.123456789+01:30", 1_800_003_600_123_456_789n],
    ["2027-01-15T04:00:00.12-05:00", 1_800_003_600_120_000_000n],
  ])("has the time %s to the nanosecond", (time, timeNano) => {
    const line = logLine({ at: 0n }).replace(/"Time":"[^"]*"/, `"Time":"${time}"`);
    expect(parseLogLine(line).timeNano).toBe(timeNano);
  });

  it.each([
    ["is cut off", (line: string) => line.slice(0, -3)],
    ["has no type", (line: string) => line.replace('"Type"', '"Kind"')],
    ["has no status", (line: string) => line.replace('"Status"', '"Action"')],
    ["has no time", (line: string) => line.replace('"Time"', '"At"')],
    ["has a day that is none", (line: string) => line.replace("1970-01-01", "1970-13-41")],
    ["has a list in the place of labels", (line: string) => line.replace(/\{"label":""\}/, "[]")],
  ])("is refused where it %s", (_, spoil) => {
    expect(failureOf(() => parseLogLine(spoil(logLine({ at: 0n })))).code).toBe("engine");
  });
});
