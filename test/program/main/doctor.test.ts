import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SteeredClock } from "../../practice-engine/clock.js";
import { problemsOf } from "../../repository/schema-documents.js";
import { fingerprint } from "../../support/fingerprint.js";
import { listedCallOf } from "../../support/engine-calls.js";
import { startGuard } from "../../support/guard.js";
import { runHere, type CliOptions } from "../../support/run-cli.js";
import { practiceEngine } from "../../support/small-engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

interface Doctor {
  readonly exitCode: number;
  readonly problems: number;
  readonly checks: readonly {
    readonly check: string;
    readonly subject: string | null;
    readonly state: string;
    readonly found: string;
    readonly remedy: string | null;
  }[];
}

/** Programs that cron and systemd would bring; what this machine has of its own is not seen. */
function scheduledBy(crontab: string | null): Readonly<Record<string, string>> {
  const folder = temporaryFolder();
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program("systemctl", "exit 1");
  program("crontab", crontab === null ? "exit 1" : `cat <<'END'\n${crontab}\nEND`);
  return { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
}

const everyFive = "*/5 * * * * docker-gc --quiet";

async function examined(args: readonly string[], options: CliOptions): Promise<Doctor> {
  const env = { ...scheduledBy(everyFive), ...options.env };
  const { stdout, stderr, exitCode } = await runHere(["doctor", "-o", "json", ...args], { ...options, env });
  expect(stderr).toBe("");
  expect(problemsOf(stdout, "doctor")).toEqual([]);
  const doctor = JSON.parse(stdout) as Doctor;
  expect(doctor.exitCode).toBe(exitCode);
  expect(exitCode).toBe(doctor.problems === 0 ? 0 : 6);
  return doctor;
}

function problemsIn({ checks }: Doctor): string[] {
  return checks
    .filter(({ state }) => state === "problem")
    .map(({ check, found, remedy }) => `${check}: ${found}; ${remedy ?? "nothing"}`);
}

describe("a host where nothing is wrong", () => {
  it("ends with 0, each check on a line, and nothing is written or changed", async () => {
    const practice = await practiceEngine();
    practice.engine.createContainer("app:1");
    const folder = temporaryFolder();
    const ledger = join(folder, "ledger.db");
    const options = { host: practice.host, ledger, env: scheduledBy(everyFive) };
    expect((await runHere([], options)).exitCode).toBe(0);
    const before = [
      fingerprint(folder),
      [...practice.engine.images.all()].map(({ id }) => practice.engine.images.namesOf(id)),
    ];
    const { stdout, stderr, exitCode } = await runHere(["doctor"], options);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(
      /^Nothing needs a person\.\n\nengine +good +practice \(20\.10\.24, overlay2\) answers at unix:/,
    );
    expect(stdout).toMatch(/^API +good +12 calls of the API are answered, 1 had nothing to ask about\.$/m);
    expect(stdout).toMatch(
      /^schedule +good +the crontab of \S+ \(\*\/5 \* \* \* \*\) starts runs with max-age 7d\.$/m,
    );
    const after = [
      fingerprint(folder),
      [...practice.engine.images.all()].map(({ id }) => practice.engine.images.namesOf(id)),
    ];
    expect(after).toEqual(before);
  });

  it("is told as JSON and as Markdown, too", async () => {
    const practice = await practiceEngine();
    const { checks } = await examined([], { host: practice.host });
    expect(new Set(checks.map(({ check }) => check))).toEqual(
      new Set([
        "engine",
        "rights",
        "call",
        "events",
        "clock",
        "filesystem",
        "ledger",
        "space",
        "lock",
        "metrics",
        "limits",
        "runs",
        "schedule",
      ]),
    );
    const markdown = await runHere(["doctor", "-o", "markdown"], { host: practice.host });
    expect(markdown.stdout).toMatch(/^## docker-gc doctor\n\n.*\n\n\| CHECK \| RESULT \| FOUND \|\n/);
  });
});

describe("the calls", () => {
  it("are all that a run may make, and no other", async () => {
    const practice = await practiceEngine({ apiVersion: "1.48", store: "containerd" });
    practice.engine.createContainer("app:1");
    const guard = await startGuard(practice.host);
    onTestFinished(() => guard.close());
    expect(problemsIn(await examined([], { host: guard.host }))).toEqual([]);
    expect(guard.refused).toEqual([]);
    const tried = new Set(guard.passed.map(listedCallOf));
    for (const call of [
      "DELETE /images/NAME?noprune=1",
      "POST /images/ID/tag?repo=REPO&tag=TAG",
      "GET /system/df?type=image",
    ])
      expect(tried).toContain(call);
  });

  it.each([
    ["GET /_ping", /^GET \/_ping/],
    ["GET /info", /^GET \/info/],
    ["GET /images/json?all=1", /^GET \/images\/json/],
    ["GET /containers/json?all=1", /^GET \/containers\/json\?all=1$/],
    ["GET /events", /^GET \/events/],
    ["GET /images/NAME/history", /history$/],
    ["GET /system/df", /^GET \/system\/df/],
    ["DELETE /images/NAME?noprune=1", /^DELETE/],
    ["POST /images/ID/tag?repo=REPO&tag=TAG", /^POST/],
  ])("that a proxy refuses are named: %s", async (call, pattern) => {
    const practice = await practiceEngine();
    const guard = await startGuard(practice.host);
    onTestFinished(() => guard.close());
    guard.refuse = (each) => pattern.test(each);
    const doctor = await examined([], { host: guard.host });
    const found = doctor.checks.filter(({ check, state }) => check === "call" && state === "problem");
    expect(found).toMatchObject([{ subject: call }]);
    expect(found[0]?.found).toContain("403");
    expect(found[0]?.remedy).toContain("proxy");
    expect([...practice.engine.images.all()]).toHaveLength(2);
  });
});

describe("what keeps a run from its work", () => {
  it("may be the engine: then all else is looked at none the less", async () => {
    const doctor = await examined(["--metrics-file", "/nowhere/at/all.prom"], {
      host: "unix:///nowhere/engine.sock",
    });
    const problems = problemsIn(doctor);
    expect(problems[0]).toMatch(
      /^engine: Cannot reach a Docker Engine at unix:\/\/\/nowhere\/engine\.sock: there is no such socket; start the engine/,
    );
    expect(problems[1]).toMatch(/^metrics: /);
    expect(doctor.checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["call", "ledger", "space", "limits", "runs", "schedule"]),
    );
  });

  it("may be the ledger", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    writeFileSync(ledger, "no database");
    const problems = problemsIn(await examined([], { host: practice.host, ledger }));
    expect(problems).toEqual([expect.stringMatching(/^ledger: .* is no SQLite database; move it away/)]);
  });

  it("may be a clock, a rule or a limit", async () => {
    const practice = await practiceEngine({ now: new SteeredClock(Date.now() - 3_600_000).now });
    const args = ["--keep", "tpyo:*", "--quota", "1M", "--keep", "app:1", "--keep", "app:2"];
    const problems = problemsIn(await examined(args, { host: practice.host }));
    expect(problems).toEqual([
      expect.stringMatching(/^clock: the engine's clock is .* behind that of this host; /),
      expect.stringMatching(/^limits: The quota of 1 MiB cannot be met/),
      expect.stringMatching(/^rule: --keep: "tpyo:\*" matches no image; /),
    ]);
  });

  it("may be an engine that forgets faster than runs come", async () => {
    const clock = new SteeredClock(Date.now() - 3 * 3_600_000);
    const practice = await practiceEngine({ now: clock.now });
    const ledger = join(temporaryFolder(), "ledger.db");
    for (let run = 0; run < 4; run++) {
      await runHere([], { host: practice.host, ledger });
      clock.advance(2_700_000);
    }
    for (let event = 0; event < 256; event++) practice.engine.tag("app:1", `other:${event}`);
    const problems = problemsIn(await examined([], { host: practice.host, ledger }));
    expect(problems.filter((each) => each.startsWith("events"))).toEqual([
      expect.stringMatching(/^events: the last 256 events, .* and runs come 45m apart; run it more often/),
    ]);
  });

  it("may be that nothing runs it, or that what runs it goes by other limits", async () => {
    const practice = await practiceEngine();
    const env = scheduledBy("*/5 * * * * docker-gc --quota 80G");
    const problems = problemsIn(await examined([], { host: practice.host, env }));
    expect(problems.filter((each) => each.startsWith("schedule"))).toEqual([
      expect.stringMatching(
        /^schedule: the crontab of .* other settings than this command: quota 80G \(--quota\) and not off/,
      ),
    ]);
  });
});
