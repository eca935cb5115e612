import { describe, expect, it, onTestFinished, vi } from "vitest";
import { cellWidth } from "../../../src/report/layout/cells.js";
import type { PracticeHost } from "./host.js";
import { transcriptOf } from "./transcript.js";
import { weekOfBuilds } from "./week.js";

const longName = "registry.example.com/a/team/with/a/long/name/shop-web:2026.01.31-build-4711";

async function hostWithPast(): Promise<PracticeHost> {
  const host = await weekOfBuilds();
  host.engine.load({ name: longName, megabytes: 200 });
  host.practice.onRequest = (method, path) =>
    method === "DELETE" && path.includes("redis")
      ? {
          kind: "answer",
          status: 500,
          body: { message: "driver failed to remove it: device or resource busy" },
        }
      : undefined;
  await host.command(["--quota=2.75G", "--grace=0s", "--keep-recent=0"]);
  return host;
}

const asked = [
  ["history"],
  ["history", "**/shop-wbe:*"],
  ["history", "shop/*", "--since", "2026-01-12T10:30"],
  ["history", "--until", "2026-01-01"],
];

describe("history", () => {
  it.each([60, 80, 120])(
    "fits into %d columns, and tells nothing that matches from nothing at all",
    async (columns) => {
      vi.stubEnv("TZ", "Asia/Kolkata");
      onTestFinished(() => void vi.unstubAllEnvs());
      const host = await hostWithPast();
      const transcript = await transcriptOf(host, asked, { columns, env: { NO_COLOR: "1" } });
      for (const line of transcript.split("\n")) {
        if (!line.startsWith("$")) expect(cellWidth(line)).toBeLessThanOrEqual(columns);
      }
      await expect(transcript).toMatchFileSnapshot(`golden/history.${columns}.txt`);
    },
  );

  it("takes 80 columns in a pipe, and as many as COLUMNS says", async () => {
    const host = await hostWithPast();
    const widest = async (env: Readonly<Record<string, string>>, ...argv: string[]) => {
      const { stdout } = await host.command(argv, { env });
      return Math.max(...stdout.split("\n").map(cellWidth));
    };
    expect(await widest({}, "history")).toBeLessThanOrEqual(80);
    expect(await widest({}, "history")).toBeGreaterThan(60);
    expect(await widest({ COLUMNS: "60" }, "history")).toBeLessThanOrEqual(60);
    expect(await widest({ COLUMNS: "120" }, "history")).toBeGreaterThan(80);
    expect(await widest({ COLUMNS: "wide" }, "history")).toBeLessThanOrEqual(80);
    expect(await widest({ COLUMNS: "60" }, "status", "--quota=1G")).toBeLessThanOrEqual(60);
    // A report in a log stays whole.
    expect(await widest({}, "--dry-run", "--verbose")).toBeGreaterThan(80);
  });

  it("says times of the time zone to people, and UTC to programs", async () => {
    vi.stubEnv("TZ", "America/St_Johns");
    onTestFinished(() => void vi.unstubAllEnvs());
    const host = await hostWithPast();
    const text = await host.command(["history"]);
    expect(text.stdout).toContain("2026-01-12 06:50 -03:30");
    const { stdout } = await host.command(["history", "--output=json"]);
    expect(stdout).toContain('"2026-01-12T10:20:');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["in the C locale", { LC_ALL: "C", LANG: "en_US.UTF-8" }],
    ["on a dumb terminal", { TERM: "dumb" }],
  ])("is ASCII alone %s, as every result", async (_, env) => {
    const host = await hostWithPast();
    for (const argv of [
      ["history"],
      ["status", "--quota=1G"],
      ["--dry-run", "--quota=1G"],
      ["explain", "node:20"],
    ]) {
      const { stdout } = await host.command(argv, { columns: 80, env });
      expect(stdout, argv.join(" ")).not.toMatch(/[^\u0000-\u007f]/);
    }
  });

  it("says that no run is recorded where none is", async () => {
    const host = await weekOfBuilds();
    const { stdout } = await host.command(["history", "redis", "--ledger=/nowhere/ledger.db"]);
    expect(stdout).toBe("No run is recorded.\n");
  });
});
