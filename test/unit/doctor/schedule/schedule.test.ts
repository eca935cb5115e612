import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cronLinesIn, entriesIn } from "../../../../src/doctor/schedule/cron.js";
import { argumentsIn, shellWords } from "../../../../src/doctor/schedule/entry.js";
import { timersIn } from "../../../../src/doctor/schedule/systemd.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

describe("a line of shell", () => {
  it.each<[string, readonly string[]]>([
    ["docker-gc --quota 50G", ["docker-gc", "--quota", "50G"]],
    [`docker-gc --keep 'a b' --keep "c d"x`, ["docker-gc", "--keep", "a b", "--keep", "c dx"]],
    ["docker-gc --quiet >/dev/null 2>&1", ["docker-gc", "--quiet"]],
    ["docker-gc --quiet 2>/dev/null", ["docker-gc", "--quiet"]],
    ["docker-gc # every hour", ["docker-gc"]],
    [String.raw`docker-gc --keep a\*`, ["docker-gc", "--keep", "a*"]],
    ["", []],
  ])("%s", (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });
});

describe("a command", () => {
  it.each<[string, readonly string[] | null]>([
    ["/usr/bin/env docker-gc -q", ["-q"]],
    ["/usr/local/bin/docker-gc", []],
    ["/opt/docker-gc-linux-x64 status", ["status"]],
    ["docker gc --quota 1G", ["--quota", "1G"]],
    ["docker system prune", null],
    ["my-docker-gc", null],
  ])("%s", (line, words) => {
    expect(argumentsIn(line.split(" "))).toEqual(words);
  });
});

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

describe("systemd", () => {
  /** As systemd 252 prints it. */
  const timers = [
    "Id=apt-daily.timer\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nUnit=apt-daily.service\nTimersCalendar={ OnCalendar=*-*-* 06,18:00:00 ; next_elapse=n/a }",
    "Id=docker-gc.timer\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nUnit=docker-gc.service\nTimersCalendar={ OnCalendar=*-*-* *:00/5:00 ; next_elapse=Mon 2026-11-30 12:05:00 UTC }",
  ];
  const services = [
    "ExecStart={ path=/usr/lib/apt/apt.systemd.daily ; argv[]=/usr/lib/apt/apt.systemd.daily update ; ignore_errors=no ; start_time=[n/a] }\nEnvironment=\nId=apt-daily.service",
    "ExecStart={ path=/usr/bin/env ; argv[]=/usr/bin/env docker-gc --quota 50G ; ignore_errors=no ; start_time=[n/a] }\nEnvironment=XDG_CACHE_HOME=/var/cache DOCKER_GC_GRACE=2h\nId=docker-gc.service",
  ];
  const answering = (units: readonly string[]) => (program: string, args: readonly string[]) => {
    expect(program).toBe("systemctl");
    return Promise.resolve(
      args.some((arg) => arg.includes("ExecStart")) ? services.join("\n\n") : units.join("\n\n"),
    );
  };

  it("has the timer whose service runs docker-gc", async () => {
    expect(await timersIn(answering(timers), "system")).toEqual([
      {
        where: "docker-gc.timer",
        when: "*-*-* *:00/5:00",
        words: ["--quota", "50G"],
        env: { XDG_CACHE_HOME: "/var/cache", DOCKER_GC_GRACE: "2h" },
        state: "on",
      },
    ]);
  });

  it.each<[string, string, string, string | undefined]>([
    ["off", "active", "inactive", "off"],
    ["on until the next boot", "UnitFileState=enabled", "UnitFileState=disabled", "until-boot"],
    ["not there", "LoadState=loaded", "LoadState=not-found", undefined],
  ])("may have it %s", async (_, from, to, state) => {
    const units = timers.map((unit) => (unit.includes("docker-gc") ? unit.replace(from, to) : unit));
    expect((await timersIn(answering(units), "system")).map((entry) => entry.state)).toEqual(
      state === undefined ? [] : [state],
    );
  });

  it("need not be there", async () => {
    expect(await timersIn(() => Promise.resolve(null), "user")).toEqual([]);
  });
});
