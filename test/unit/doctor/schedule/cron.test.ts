import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cronLinesIn, entriesIn } from "../../../../src/doctor/schedule/cron.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

describe("cron", () => {
  it("has its variables, its fields, and the command behind them", () => {
    const table =
      "# gc\nMAILTO=ops\nDOCKER_GC_QUOTA='50G'\n\n*/5 * * *  * cd / && docker-gc --quiet\n@hourly true\n";
    expect(entriesIn(table, "here", null)).toEqual([
      {
        where: "here",
        when: "*/5 * * * *",
        words: ["--quiet"],
        env: { MAILTO: "ops", DOCKER_GC_QUOTA: "50G" },
        state: "on",
      },
    ]);
  });

  it("takes a variable of the line itself, and a nickname for the time", () => {
    const [entry] = entriesIn("@daily DOCKER_GC_MAX_AGE=3d docker-gc", "here", null);
    expect(entry).toMatchObject({ when: "@daily", env: { DOCKER_GC_MAX_AGE: "3d" }, words: [] });
  });

  it("has a user in the system's tables: only one's own count", () => {
    const table = "0 * * * * root docker-gc --quota 1G\n0 * * * * ann docker-gc --quota 2G\n";
    expect(entriesIn(table, "/etc/crontab", "root").map(({ words }) => words)).toEqual([["--quota", "1G"]]);
  });

  it("is looked for in all its places", async () => {
    const folder = temporaryFolder();
    for (const name of ["cron.d", "cron.hourly"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "cron.d/gc"), "1 * * * * root docker-gc\n");
    writeFileSync(join(folder, "cron.d/gc.bak"), "2 * * * * root docker-gc\n");
    writeFileSync(join(folder, "cron.hourly/gc"), "#!/bin/sh\n# docker-gc\nexec docker-gc --quiet\n");
    const ask = () => Promise.resolve("3 * * * * docker-gc\n");
    const entries = await cronLinesIn(ask, { folder, user: "root" });
    expect(entries.map(({ where, when }) => [where, when])).toEqual([
      ["the crontab of root", "3 * * * *"],
      [join(folder, "cron.d/gc"), "1 * * * *"],
      [join(folder, "cron.hourly/gc"), "hourly"],
    ]);
    expect(await cronLinesIn(() => Promise.resolve(null), { folder: "/nowhere", user: "root" })).toEqual([]);
  });
});
