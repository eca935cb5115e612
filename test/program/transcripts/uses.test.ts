import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cellWidth } from "../../../src/report/layout/cells.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { minute, PracticeHost } from "./host.js";
import { transcriptOf } from "./transcript.js";
import { weekOfBuilds } from "./week.js";

const limits = ["--quota", "2.75G", "--keep", "vendor/*"];
const plain = { NO_COLOR: "1" };

describe("an entry in the crontab", () => {
  it("says nothing while all is well, and tells on stderr what needs a person", async () => {
    const host = await weekOfBuilds();
    const quiet = ["--quiet", ...limits];
    const well = await transcriptOf(host, [quiet, quiet]);
    expect(well).not.toMatch(/^stderr/m);
    host.practice.onRequest = (method) =>
      method === "DELETE" ? { kind: "answer", status: 500, body: { message: "device busy" } } : undefined;
    host.wait(60.5 * minute);
    const failing = await transcriptOf(host, [
      ["--quiet", "--max-age=1h", "--keep=none:*"],
      ["--quiet", "--max-age=1h", "--keep=none:*"],
    ]);
    await expect(`${well}\n${failing}`).toMatchFileSnapshot("golden/cron.txt");
  });
});

describe("a person who wants to know", () => {
  it.each([80, 120])("sees it in %d columns", async (columns) => {
    const host = await weekOfBuilds();
    const asked = [
      ["--dry-run", ...limits],
      ["status", ...limits],
      ["explain", "redis:7", "shop/web:2", "vendor/scanner:3", ...limits],
      ["explain", "redis", ...limits],
      [...limits],
      ["history"],
      ["history", "shop/*", "--since", "7d"],
    ];
    const transcript = await transcriptOf(host, asked, { columns, env: plain });
    for (const line of transcript.split("\n")) {
      if (!/^(\$|stderr)/.test(line)) expect(cellWidth(line)).toBeLessThanOrEqual(columns);
    }
    await expect(transcript).toMatchFileSnapshot(`golden/person.${columns}.txt`);
  });

  it("sees the same with colour", async () => {
    const host = await weekOfBuilds();
    for (const argv of [["status"], ["explain", "redis:7", "node:20"], ["history"]]) {
      const colored = await host.command([...argv, "--verbose"].slice(0, argv[0] === "explain" ? 3 : 2), {
        columns: 80,
      });
      const uncolored = await host.command([...argv, "--verbose"].slice(0, argv[0] === "explain" ? 3 : 2), {
        columns: 80,
        env: plain,
      });
      expect(colored.stdout).toContain("\u001b[");
      expect(colored.stdout.replaceAll(/\u001b\[\d+m/g, "")).toBe(uncolored.stdout);
    }
  });

  it("has status on one screen", async () => {
    const host = await weekOfBuilds();
    const argv = ["status", ...limits, "--min-free=5%", "--min-free-inodes=5%"];
    const { stdout } = await host.command(argv, { columns: 80 });
    expect(stdout.split("\n").length).toBeLessThanOrEqual(24);
  });
});

describe("a person who pastes it into an issue", () => {
  it("gets every result in Markdown", async () => {
    const host = await weekOfBuilds();
    const asked = [
      ["--dry-run", ...limits],
      ["status", ...limits],
      ["explain", "redis:7", "vendor/scanner:3", ...limits],
      [...limits],
      ["--quiet", ...limits],
      ["history"],
      ["history", "--pull"],
      ["config", ...limits],
      ["explain", "redis"],
    ];
    const inMarkdown = asked.map((argv) => [...argv, "--output", "markdown"]);
    await expect(await transcriptOf(host, inMarkdown)).toMatchFileSnapshot("golden/markdown.txt");
  });

  it("gets what an import took over", async () => {
    const host = await PracticeHost.start();
    const id = host.engine.load({ name: "old_new:1" });
    host.engine.restart();
    const file = join(temporaryFolder(), "state.yml");
    writeFileSync(file, useFile(id));
    const transcript = await transcriptOf(host, [["import", file, "--output=markdown"]]);
    await expect(transcript.replace(file, "state.yml")).toMatchFileSnapshot("golden/markdown-import.txt");
  });
});

/** As docuum writes it: used on Sunday noon. */
function useFile(id: string): string {
  const secs = Date.UTC(2026, 0, 4, 12) / 1000;
  return `images:\n  "${id}":\n    parent_id: ~\n    last_used_since_epoch: { secs: ${secs}, nanos: 5 }\n`;
}

describe("a clean-up step of a CI job", () => {
  it("prints plain text into the job's log", async () => {
    const host = await weekOfBuilds();
    const step = ["--max-age", "2d", "--quota", "2G", "--only", "shop/*", "--only", "mysql"];
    const first = await transcriptOf(host, [step]);
    host.wait(60.5 * minute);
    const transcript = `${first}\n${await transcriptOf(host, [["--dry-run", "--max-age", "2d"]])}`;
    await expect(transcript).toMatchFileSnapshot("golden/ci.txt");
  });
});
