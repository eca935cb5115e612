import { parseArguments } from "../../../src/cli/options/arguments.js";
import { parseConfig } from "../../../src/cli/options/config-file/parse.js";
import { overlay } from "../../../src/cli/options/precedence.js";
import { resolveSettings, type Settings } from "../../../src/cli/options/settings.js";
import { parseKeepFile } from "../../../src/core/policy/patterns.js";
import { resolveEndpoint } from "../../../src/engine/locate/endpoint.js";
import { image } from "../../support/values.js";
import type { Random } from "../random.js";
import type { Tally } from "../tally.js";
import { judge } from "./judge.js";
import { anyCommandLine, anyConfigFile, anyEnvironment, anyKeepFile } from "./words.js";

const images = [
  image("redis", { digests: [`redis@sha256:${"1".repeat(64)}`], labels: { KEY: "VALUE" } }),
  image("team/tool", { tags: [] }),
  image("x", { tags: ["host.example:5000/x:1", "x:latest"] }),
];

const home = "/home/somebody";

/** What is read besides the command line and the environment. */
export interface Files {
  readonly keepFile?: string;
  readonly configFile?: string;
}

/** Everything up to the address of the engine; nothing is opened. */
export function understand(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  { keepFile = "", configFile = "" }: Files = {},
): Settings | null {
  const request = parseArguments(argv, env);
  if (request.kind !== "perform") return null;
  const { raw } = request;
  const given = overlay(raw, parseConfig(configFile, { path: "config.yaml", home }));
  const settings = resolveSettings({ ...raw, ...given }, { readFile: () => keepFile });
  resolveEndpoint(settings, { env, home });
  const { keep, only } = settings.policy;
  for (const { matches } of [...keep, ...(only ?? [])]) images.forEach((each) => matches(each));
  return settings;
}

export async function fuzzTexts(tally: Tally, random: Random, cases: number): Promise<void> {
  for (let number = 0; number < cases; number += 1) {
    switch (number % 5) {
      case 0:
      case 1: {
        const argv = anyCommandLine(random);
        const keepFile = anyKeepFile(random);
        const show = (): string => JSON.stringify([argv, keepFile]);
        await judge(tally, "command lines", "usage", show, () => understand(argv, {}, { keepFile }));
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
          () => understand([], { ...env, ...docker }),
        );
        break;
      }
      case 3: {
        const configFile = anyConfigFile(random);
        await judge(
          tally,
          "config files",
          "usage",
          () => JSON.stringify(configFile),
          () => understand([], {}, { configFile }),
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
