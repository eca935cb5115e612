import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { damage, damages } from "../faults/damage.js";
import type { Program } from "../program.js";
import type { Random } from "../random.js";
import type { Tally } from "../tally.js";
import { hurtLedger, place, type LedgerFiles } from "./ledgers.js";
import { understand } from "./texts.js";
import { anyCommandLine, anyConfigFile, anyEnvironment, anyKeepFile } from "./words.js";

export const exitOne = "the command ended with 1, or by a signal";
export const wrongCode = "the command ended with a code that does not fit";
const lanes = 2;
const longestWaitMs = 1_000;

/** The same through the real command; nothing outside of a folder and a practice engine can be touched. */
export async function fuzzCommands(
  tally: Tally,
  random: Random,
  program: Program,
  ledgers: readonly LedgerFiles[],
  cases: number,
): Promise<void> {
  let left = cases;
  const lane = async (): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), "docker-gc-torture-"));
    const practice = await startPracticeEngine();
    for (const name of ["app:1", "app:2", "keep/base:1"]) practice.engine.load({ name });
    const own = random.fork();
    while (left-- > 0) {
      practice.onRequest = undefined;
      const { args, env, kind, codes } = draw(own, folder, ledgers);
      if (kind === "commands, answers")
        practice.onRequest = () =>
          own.chance(0.05)
            ? { kind: "transform", body: (text) => damage(own.pick(damages), text, own) }
            : undefined;
      // Whatever is drawn, the engine and the ledger are ours.
      const safe = { DOCKER_HOST: practice.host, DOCKER_GC_LEDGER: join(folder, "ledger.db"), ...env };
      const ended = await program.start(args, safe).ended;
      tally.count("cases");
      tally.count(`  ${kind}`);
      tally.count(`    exit ${String(ended.exitCode)}`);
      const story = `${String(ended.exitCode)} ${String(ended.signal)}: ${JSON.stringify([kind, args, env])}: ${ended.stderr}`;
      if (ended.exitCode === 1 || ended.exitCode === null) tally.breach(exitOne, story);
      else if (!codes.includes(ended.exitCode)) tally.breach(wrongCode, story);
    }
    await practice.close();
    rmSync(folder, { recursive: true });
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

interface Case {
  readonly kind: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly codes: readonly number[];
}

const kinds = ["command lines", "environments", "config files", "keep files", "ledgers", "answers"] as const;

function draw(random: Random, folder: string, ledgers: readonly LedgerFiles[]): Case {
  const keepFile = join(folder, "keep.txt");
  writeFileSync(keepFile, "");
  rmSync(join(folder, "ledger.db"), { force: true });
  const kind = random.pick(kinds);
  const usual = { kind: `commands, ${kind}`, args: ["--timeout", "2s"], env: {}, codes: [0, 6] };
  switch (kind) {
    case "command lines": {
      const args = drawSafe(
        () => anyCommandLine(random).map(withoutNul),
        (argv) => understand(argv, {}),
      );
      return { ...usual, args, codes: isUnderstood(() => understand(args, {})) ? [0, 4, 6, 2] : [2] };
    }
    case "environments": {
      const env = drawSafe(
        () => nameable(anyEnvironment(random)),
        (each) => understand([], each),
      );
      return {
        ...usual,
        args: [],
        env,
        codes: isUnderstood(() => understand([], env)) ? [0, 4, 5, 6, 2] : [2],
      };
    }
    case "config files": {
      const configFile = drawSafe(
        () => anyConfigFile(random),
        (each) => understand([], {}, { configFile: each }),
      );
      const path = join(folder, "config.yaml");
      writeFileSync(path, configFile);
      const parse = (): unknown => understand([], {}, { configFile: Buffer.from(configFile).toString() });
      return { ...usual, args: ["--config", path], codes: isUnderstood(parse) ? [0, 4, 6, 2] : [2] };
    }
    case "keep files": {
      const text = anyKeepFile(random);
      writeFileSync(keepFile, text);
      const args = [...usual.args, "--keep-file", keepFile];
      return {
        ...usual,
        args,
        codes: isUnderstood(() => understand(args, {}, { keepFile: Buffer.from(text).toString() }))
          ? [0, 6]
          : [2],
      };
    }
    case "ledgers":
      place(join(folder, "ledger.db"), hurtLedger(ledgers, random));
      return { ...usual, codes: [0, 5, 6] };
    case "answers":
      return { ...usual, args: [...usual.args, "--quota", "1K", "--grace", "0s"], codes: [0, 3, 4, 6] };
  }
}

/** Draws again what would wait for long, or go elsewhere. */
function drawSafe<T>(drawOne: () => T, parse: (one: T) => ReturnType<typeof understand>): T {
  for (;;) {
    const one = drawOne();
    try {
      const settings = parse(one);
      const waits = settings !== null && Math.max(settings.lingerMs, settings.lockWaitMs) > longestWaitMs;
      // A ledger, a keep file or a host by a random name may be anywhere.
      const isElsewhere = settings !== null && (settings.ledgerPath ?? settings.host) !== undefined;
      if (!waits && !isElsewhere) return one;
    } catch {
      return one;
    }
  }
}

function isUnderstood(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

/** The system ends a word at a NUL. */
function withoutNul(text: string): string {
  return text.replaceAll("\u0000", "").replaceAll("\ud800", "");
}

function nameable(env: Record<string, string>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value]) => [name, withoutNul(value)] as const);
  // Without a PATH nothing starts.
  return Object.fromEntries(entries.filter(([name]) => name !== "PATH"));
}
