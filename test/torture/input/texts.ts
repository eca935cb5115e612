import { parseArguments } from "../../../src/cli/arguments.js";
import { resolveSettings, type Settings } from "../../../src/cli/settings.js";
import { parseKeepFile } from "../../../src/core/keep-rules.js";
import { resolveEndpoint } from "../../../src/engine/endpoint.js";
import { image } from "../../core/build.js";
import type { Random } from "../random.js";
import type { Tally } from "../tally.js";
import { judge } from "./judge.js";
import { anyCommandLine, anyEnvironment, anyKeepFile } from "./words.js";

const images = [
  image("redis", { digests: [`redis@sha256:${"1".repeat(64)}`], labels: { KEY: "VALUE" } }),
  image("team/tool", { tags: [] }),
  image("x", { tags: ["host.example:5000/x:1", "x:latest"] }),
];

/** Everything up to the address of the engine; nothing is opened. */
export function understand(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  keepFile: string,
): Settings | null {
  const request = parseArguments(argv, env);
  if (request.kind !== "perform") return null;
  const settings = resolveSettings(request.raw, { readFile: () => keepFile });
  resolveEndpoint(settings, { env, home: "/home/somebody" });
  const { keep, only } = settings.policy;
  for (const { matches } of [...keep.patterns, ...(only?.patterns ?? [])])
    images.forEach((each) => matches(each));
  return settings;
}

export async function fuzzTexts(tally: Tally, random: Random, cases: number): Promise<void> {
  for (let number = 0; number < cases; number += 1) {
    switch (number % 4) {
      case 0:
      case 1: {
        const argv = anyCommandLine(random);
        const keepFile = anyKeepFile(random);
        const show = (): string => JSON.stringify([argv, keepFile]);
        await judge(tally, "command lines", "usage", show, () => understand(argv, {}, keepFile));
        break;
      }
      case 2: {
        const env = anyEnvironment(random);
        const docker = random.chance(0.3)
          ? { DOCKER_HOST: anyEnvironment(random)["DOCKER_GC_HOST"] ?? "x" }
          : {};
        await judge(
          tally,
          "environments",
          "usage",
          () => JSON.stringify(env),
          () => understand([], { ...env, ...docker }, ""),
        );
        break;
      }
      default: {
        const text = anyKeepFile(random);
        await judge(
          tally,
          "keep files",
          "usage",
          () => JSON.stringify(text),
          () => {
            for (const { matches } of parseKeepFile(text, "keep.txt"))
              images.forEach((each) => matches(each));
          },
        );
      }
    }
  }
}
