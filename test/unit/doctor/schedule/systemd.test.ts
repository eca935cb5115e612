import { describe, expect, it } from "vitest";
import { timersIn } from "../../../../src/doctor/schedule/systemd.js";

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
