import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawOf } from "../../../support/raw.js";
import { options } from "../../../../src/cli/options/options.js";
import { resolveSettings, type Settings } from "../../../../src/cli/options/settings.js";
import { Failure } from "../../../../src/core/text/failure.js";
import type { Limit } from "../../../../src/core/policy/limits.js";

const hour = 3_600_000;
const day = 24 * hour;
const gib = 2 ** 30;

const files: Record<string, string> = {
  "keep.txt": "redis:*\n# why\nteam/*\n",
  "bad.txt": "ok\n[x\n",
  "empty.txt": "#\n",
};

function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
  return text;
}

function settingsOf(line: string, environment: Record<string, string> = {}): Settings {
  const argv = line === "" ? [] : line.split(" ");
  return resolveSettings(rawOf(argv, environment), { readFile });
}

/** A size as it is kept until the engine's filesystem is known. */
function bytes(text: string, value: number, option: string): Limit {
  return { kind: "amount", value, text, origin: `--${option}` };
}

describe("settings", () => {
  it("have the defaults of the design when nothing is given", () => {
    expect(settingsOf("")).toEqual({
      mode: "run",
      consent: "asked",
      policy: {
        maxAgeMs: 7 * day,
        untaggedAgeMs: 7 * day,
        graceMs: hour,
        keepRecent: 1,
        keepNewest: 0,
        keepLabel: "heeded",
        keepLocal: "none",
        keepUnpullable: "none",
        keep: [],
        only: null,
        maxRemovals: null,
        maxVersions: null,
        toFreeBytes: null,
        maxRemovedShare: null,
        order: "next-use",
        limits: { quota: null, quotaTarget: null, minFree: null, minFreeInodes: null },
      },
      job: null,
      host: undefined,
      context: undefined,
      ledgerPath: undefined,
      historyAgeMs: 90 * day,
      metricsFile: undefined,
      output: "text",
      verbosity: "normal",
      color: "auto",
      credentialHelpers: "not-as-root",
      timeoutMs: 60_000,
      runTimeoutMs: 6 * 3_600_000,
      listing: { asked: "carried", everyMs: day },
      lockWaitMs: 0,
      lingerMs: 0,
      warnings: [],
    });
  });

  it.each<[string, object]>([
    ["-n", { mode: "dry-run" }],
    ["--max-age 3s", { policy: { maxAgeMs: 3000 } }],
    ["--max-age off", { policy: { maxAgeMs: null, untaggedAgeMs: null } }],
    ["--max-age 3d", { policy: { maxAgeMs: 3 * day, untaggedAgeMs: 3 * day } }],
    ["--untagged-age 1d", { policy: { maxAgeMs: 7 * day, untaggedAgeMs: day } }],
    ["--untagged-age off", { policy: { maxAgeMs: 7 * day, untaggedAgeMs: null } }],
    ["--order next-use", { policy: { order: "next-use" } }],
    ["--keep-newest 3", { policy: { keepNewest: 3 } }],
    ["--ignore-keep-label", { policy: { keepLabel: "ignored" } }],
    ["--keep-local", { policy: { keepLocal: "all" } }],
    ["--keep-unpullable", { policy: { keepUnpullable: "all" } }],
    ["--use-credential-helpers", { credentialHelpers: "used" }],
    [
      "--quota 45M",
      { policy: { limits: { quota: bytes("45M", 45 * 2 ** 20, "quota"), quotaTarget: null } } },
    ],
    [
      "--quota 50GB --quota-target 40GiB",
      {
        policy: {
          limits: {
            quota: bytes("50GB", 50 * gib, "quota"),
            quotaTarget: bytes("40GiB", 40 * gib, "quota-target"),
          },
        },
      },
    ],
    ["--quota 50G --quota-target 50G", { policy: { limits: { quotaTarget: { value: 50 * gib } } } }],
    ["--quota 1B", { policy: { limits: { quota: { kind: "amount", value: 1 } } } }],
    ["--quota 1048576", { policy: { limits: { quota: { kind: "amount", value: 2 ** 20 } } } }],
    ["--quota 80%", { policy: { limits: { quota: { kind: "percent", value: 80, text: "80%" } } } }],
    ["--quota 100%", { policy: { limits: { quota: { kind: "percent", value: 100 } } } }],
    ["--quota 0.5%", { policy: { limits: { quota: { kind: "percent", value: 0.5 } } } }],
    [
      "--quota 80% --quota-target 80%",
      { policy: { limits: { quotaTarget: { kind: "percent", value: 80 } } } },
    ],
    [
      "--quota 5G --quota-target 80%",
      { policy: { limits: { quotaTarget: { kind: "percent", value: 80 } } } },
    ],
    ["--quota 80% --quota-target 5G", { policy: { limits: { quotaTarget: { kind: "amount" } } } }],
    ["--quota off", { policy: { limits: { quota: null, quotaTarget: null } } }],
    ["--min-free 10G", { policy: { limits: { minFree: bytes("10G", 10 * gib, "min-free") } } }],
    ["--min-free 15%", { policy: { limits: { minFree: { kind: "percent", value: 15 } } } }],
    ["--min-free off --min-free-inodes off", { policy: { limits: { minFree: null, minFreeInodes: null } } }],
    [
      "--min-free-inodes 100000",
      { policy: { limits: { minFreeInodes: { kind: "amount", value: 100_000 } } } },
    ],
    ["--min-free-inodes 99.9%", { policy: { limits: { minFreeInodes: { kind: "percent", value: 99.9 } } } }],
    ["--grace 0s", { policy: { graceMs: 0 } }],
    ["--keep-recent 0", { policy: { keepRecent: 0 } }],
    ["--max-removals off", { policy: { maxRemovals: null } }],
    ["--max-versions off", { policy: { maxVersions: null } }],
    ["--max-removals 1", { policy: { maxRemovals: 1 } }],
    ["--max-versions 3", { policy: { maxVersions: 3 } }],
    ["--free 20G", { policy: { toFreeBytes: 20 * 2 ** 30 } }],
    ["--max-removed-share 50%", { policy: { maxRemovedShare: 50 } }],
    ["--max-removed-share 50% --yes", { policy: { maxRemovedShare: null } }],
    ["-H ssh://user@host", { host: { value: "ssh://user@host", origin: "--host" } }],
    ["-c build", { context: { value: "build", origin: "--context" } }],
    ["--ledger x.db", { ledgerPath: "x.db" }],
    ["--history-age 0s", { historyAgeMs: 0 }],
    ["-o json", { output: "json" }],
    ["-o markdown", { output: "markdown" }],
    ["-q", { verbosity: "quiet" }],
    ["-v", { verbosity: "verbose" }],
    ["--color never", { color: "never" }],
    ["--timeout 1d", { timeoutMs: day }],
    ["--run-timeout 10m", { runTimeoutMs: 600_000 }],
    ["--run-timeout off", { runTimeoutMs: null }],
    ["--full-listing", { listing: { asked: "full", everyMs: day } }],
    ["--full-listing-every 6h", { listing: { asked: "carried", everyMs: 6 * hour } }],
    ["--full-listing-every off", { listing: { asked: "carried", everyMs: Infinity } }],
    ["--lock-wait 5m", { lockWaitMs: 300_000 }],
    ["--max-age 36525d", { policy: { maxAgeMs: 36_525 * day } }],
  ])("follow %s", (line, expected) => {
    expect(settingsOf(line)).toMatchObject(expected);
  });

  it("gather keep rules from names, labels and the file, each with its origin", () => {
    const { policy } = settingsOf("--keep a --keep-file keep.txt --keep-label k=v", {
      DOCKER_GC_ONLY: "b/*",
    });
    expect(policy.keep.map(({ origin, text }) => `${origin} ${text}`)).toEqual([
      "--keep a",
      "--keep-label k=v",
      "keep.txt:1 redis:*",
      "keep.txt:3 team/*",
    ]);
    expect(policy.only?.map(({ origin, text }) => `${origin} ${text}`)).toEqual(["DOCKER_GC_ONLY b/*"]);
  });

  it("honour falsy values of the environment over the defaults", () => {
    const environment = { DOCKER_GC_KEEP_RECENT: "0", DOCKER_GC_GRACE: "0s", DOCKER_GC_DRY_RUN: "false" };
    expect(settingsOf("", environment)).toMatchObject({ mode: "run", policy: { keepRecent: 0, graceMs: 0 } });
    expect(settingsOf("--keep-recent 2", environment).policy.keepRecent).toBe(2);
    expect(settingsOf("-n", environment).mode).toBe("dry-run");
  });

  it.each<[string, string[]]>([
    ["--max-age off", ["Nothing to do: all limits are off; give --max-age, --quota or --min-free."]],
    ["--max-age off --untagged-age 1d", []],
    ["--max-age off --min-free 1G", []],
    ["--max-age off --min-free-inodes 5%", []],
    ["--max-age off --quota 1G", []],
    ["--keep-file empty.txt", ["The keep file empty.txt holds no pattern."]],
  ])("warn of what is hardly meant: %s", (line, warnings) => {
    expect(settingsOf(line).warnings).toEqual(warnings);
  });

  it("give every default of the table a meaning", () => {
    for (const { name, default: preset } of options) {
      if (preset === null) continue;
      // Those of one command alone it understands by itself.
      const command = name === "limit" ? "history " : "";
      expect(settingsOf(`${command}--${name} ${preset}`)).toEqual(settingsOf(command));
    }
  });
});

describe("settings refuse", () => {
  it.each<[string, string]>([
    // sizes
    ["--quota=-5G", `--quota: "-5G" is not a size; expected`],
    ["--quota 10GiBs", "is not a size"],
    ["--quota 1e3", "is not a size"],
    ["--quota NaN", "is not a size"],
    ["--quota OFF", "is not a size"],
    [
      "--quota 0",
      `--quota: "0" would remove every image that may be removed; expected a size such as 50G, a percentage`,
    ],
    ["--quota 50", `--quota: "50" would be 50 bytes; expected a unit, as in 50G, 50% or 50B.`],
    ["--quota 1048575", `"1048575" would be 1048575 bytes; expected a unit, as in 1048575G or 1048575B.`],
    [
      "--quota 5G --quota-target 40",
      `--quota-target: "40" would be 40 bytes; expected a unit, as in 40G, 40% or 40B.`,
    ],
    ["--min-free 15", `--min-free: "15" would be 15 bytes; expected a unit, as in 15G, 15% or 15B.`],
    ["--free 50", `--free: "50" would be 50 bytes; expected a unit, as in 50G or 50B.`],
    ["--max-versions 0", `--max-versions: "0" is not valid; expected a whole number from 1 up, or "off".`],
    ["--quota 0.0000000001K", "would remove every image"],
    ["--quota 9999999P", "too large"],
    ["--quota 0%", `--quota: "0%" would remove every image that may be removed`],
    [
      "--quota 101%",
      `--quota: "101%" is not a percentage from 0% to 100%; expected a size such as 50G, a percentage such as 80%, or "off".`,
    ],
    ["--quota 100.01%", "is not a percentage"],
    ["--quota NaN%", "is not a percentage"],
    ["--quota=-5%", "is not a percentage"],
    ["--quota 1e1%", "is not a percentage"],
    ["--quota %", "is not a percentage"],
    ["--quota 5%%", "is not a percentage"],
    ["--quota 80% --quota-target 81%", `--quota-target: "81%" is more than the quota`],
    ["--quota 5G --quota-target 0%", "would remove every image"],
    [
      "--min-free 0",
      `--min-free: "0" is no limit; expected a size such as 10G, a percentage such as 15%, or "off".`,
    ],
    ["--min-free 0%", "is no limit"],
    ["--min-free 100%", "can never be met"],
    ["--min-free 101%", "is not a percentage"],
    ["--min-free lots", "is not a size"],
    ["--min-free-inodes 0", "is no limit"],
    [
      "--min-free-inodes 10K",
      `--min-free-inodes: "10K" is not a number of inodes; expected a number such as 100000`,
    ],
    ["--min-free-inodes 1.5", "is not a number of inodes"],
    ["--min-free-inodes 100%", "can never be met"],
    ["--quota 5G --quota-target 6G", `--quota-target: "6G" is more than the quota`],
    ["--quota 5G --quota-target off", '--quota-target: "off" is not a size'],
    ["--quota 5G --quota-target 0", "would remove every image"],
    ["--quota-target 5G", "there is no quota"],
    ["--quota off --quota-target 5G", "there is no quota"],
    // durations
    [
      "--untagged-age 0s",
      `--untagged-age: "0s" would remove everything that is not in use; expected a duration such as 7d, or "off"`,
    ],
    ["--order lru", `--order: "lru" is not among the choices; expected next-use or last-use.`],
    ["--keep-newest 1.5", `--keep-newest: "1.5" is not valid; expected a whole number from 0 up`],
    ["--max-age 7", `--max-age: "7" is not a duration; expected`],
    [
      "--max-age 0s",
      `--max-age: "0s" would remove everything that is not in use; expected a duration such as 7d, or "off"`,
    ],
    ["--max-age=-7d", "is not a duration"],
    ["--max-age 36526d", "is too long; expected a duration of at most 100 years."],
    ["--max-age 99999999999999999999d", "is too long"],
    ["--max-age Off", "is not a duration"],
    ["--grace off", "is not a duration"],
    ["--grace=-1h", "is not a duration"],
    ["--grace 101w1w", "is not a duration"],
    ["--grace 40000d", "is too long"],
    ["--history-age 1month", "is not a duration"],
    ["--history-age 40000d", "is too long"],
    ["--timeout 0s", `--timeout: "0s" leaves no time`],
    ["--timeout 60", "is not a duration"],
    ["--timeout 25d", `--timeout: "25d" is too long; expected at most 1d.`],
    ["--lock-wait 25d", "is too long"],
    // numbers
    ["--keep-recent=-1", `--keep-recent: "-1" is not valid; expected a whole number from 0 up.`],
    ["--keep-recent 1.5", "expected a whole number"],
    ["--keep-recent 1e3", "expected a whole number"],
    ["--keep-recent 0x1", "expected a whole number"],
    ["--keep-recent off", "expected a whole number"],
    ["--keep-recent 99999999999999999999", "expected a whole number"],
    ["--max-removals 0", `--max-removals: "0" is not valid; expected a whole number from 1 up, or "off".`],
    ["--max-removals=-1", "expected a whole number"],
    ["--max-versions 0", "expected a whole number from 1 up"],
    ["--free 0", "frees nothing"],
    ["--free 20", "expected a unit"],
    ["--max-removed-share 0%", "allows no removal"],
    ["--max-removed-share 5", `"5" is not a percentage`],
    // choices
    ["-o yaml", `--output: "yaml" is not among the choices; expected text or json or markdown.`],
    ["-o JSON", "expected text or json"],
    ["--color yes", "expected auto or always or never"],
    // rules
    ["--keep [x", `--keep: "[x" cannot be read`],
    ["--keep re:(", `--keep: "re:(" cannot be read`],
    ["--only !x", "--only: "],
    ["--keep-label =x", "--keep-label: "],
    ["--keep-file bad.txt", `bad.txt:2: "[x" cannot be read`],
  ])("%s", (line, sentence) => {
    expect(() => settingsOf(line)).toThrow(Failure);
    expect(() => settingsOf(line)).toThrow(sentence);
    expect(() => settingsOf(line)).toThrow(/^[^\n]*expected [^\n]*\.$/);
  });

  it("what the environment gives, by the name of the variable", () => {
    expect(() => settingsOf("", { DOCKER_GC_QUOTA: "x" })).toThrow(/^DOCKER_GC_QUOTA: "x" is not a size/);
    expect(() => settingsOf("", { DOCKER_GC_KEEP: "a\n[x" })).toThrow(/^DOCKER_GC_KEEP: "\[x"/);
  });
});

it("nothing but a usage failure is ever thrown, whatever the values", () => {
  const ofFiles = ["keep-file", "since-mark", "iidfile"];
  const settable = options.filter(({ name, kind }) => kind !== "flag" && !ofFiles.includes(name));
  const words = fc.constantFrom(
    "0",
    "off",
    "5G",
    "7d",
    "1",
    "-1",
    "json",
    "80%",
    "re:(",
    "[",
    "auto",
    "{a,b}",
  );
  const given = fc.tuple(fc.constantFrom(...settable.map(({ name }) => name)), fc.oneof(words, fc.string()));
  fc.assert(
    fc.property(fc.uniqueArray(given, { maxLength: 4, selector: ([name]) => name }), (pairs) => {
      try {
        const argv = pairs.map(([name, text]) => `--${name}=${text}`);
        const { policy } = resolveSettings(rawOf(argv, {}), { readFile });
        const { quota, quotaTarget } = policy.limits;
        if (quotaTarget !== null) expect(quota).not.toBeNull();
        if (quotaTarget?.kind === quota?.kind)
          expect(quotaTarget?.value ?? 0).toBeLessThanOrEqual(quota?.value ?? 0);
        expect(policy.maxAgeMs).not.toBe(0);
      } catch (error) {
        expect(error).toMatchObject({ name: "Failure", code: "usage" });
      }
    }),
    { numRuns: 2000 },
  );
});
