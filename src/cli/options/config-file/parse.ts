import { isMap, isScalar, LineCounter, parseDocument, type Document, type Pair } from "yaml";
import { describeError, Failure } from "../../../core/text/failure.js";
import { nearest } from "../../../core/text/nearest.js";
import type { Option } from "../option.js";
import { options, type FlagName, type ListName, type ValueName } from "../options.js";
import type { Given, GivenOptions } from "../raw-options.js";
import { toBoolean, toItems, toKey, toText, type Spot } from "./nodes.js";
import { fromFolderOf } from "./paths.js";

export interface ConfigSource {
  /** As it was named: it stands in messages, and relative paths in the file begin at its folder. */
  readonly path: string;
  readonly home: string;
}

/** What a config file may set: all that the environment can, but for its own name. */
export const fileOptions = options.filter(({ name, variable }) => variable !== null && name !== "config");

/**
 * The options that a config file gives, YAML 1.2 or JSON, each with its line as origin (`config.yaml:3`). Values stay
 * text, as written: `7` and `"7"` are the same here, and are understood like on the command line.
 *
 * @throws Failure of code `usage`, one sentence with file and line, for whatever is not one mapping of known options
 * to values of their kind, each once.
 */
export function parseConfig(text: string, source: ConfigSource): GivenOptions {
  const lines = new LineCounter();
  const originAt = (offset: number): string => `${source.path}:${Math.max(1, lines.linePos(offset).line)}`;
  const document = parseYaml(text, lines, originAt);
  const flags: Partial<Record<FlagName, Given<boolean>>> = {};
  const values: Partial<Record<ValueName, Given<string>>> = {};
  const lists: Partial<Record<ListName, readonly Given<string>[]>> = {};
  const seen = new Map<string, string>();
  for (const pair of pairsOf(document, originAt)) {
    const { name, offset } = toKey(pair, originAt);
    const option = toOption(name, originAt(offset));
    refuseRepetition(name, originAt(offset), seen);
    const spot: Spot = { node: pair.value, offset, option, originAt };
    switch (option.kind) {
      case "flag":
        flags[option.name] = toBoolean(spot);
        break;
      case "value":
        values[option.name] = fromFolderOf(source, option, toText(spot));
        break;
      case "list":
        lists[option.name] = toItems(spot);
        break;
    }
  }
  return { flags, values, lists };
}

type OriginAt = (offset: number) => string;

function parseYaml(text: string, lines: LineCounter, originAt: OriginAt): Document {
  try {
    // Which keys are the same is seen later, with the name at hand.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw unreadable(originAt(problem.pos[0]), problem.code, problem.message);
    const version = document.directives.yaml.version;
    if (version === "1.2") return document;
    throw new Failure(
      "usage",
      `${originAt(0)}: YAML ${version} reads words such as off differently; expected YAML 1.2.`,
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreadable(originAt(0), "", describeError(error));
  }
}

function unreadable(origin: string, code: string, message: string): Failure {
  if (code === "MULTIPLE_DOCS")
    return new Failure("usage", `${origin}: a second document begins; expected one.`);
  const reason = message.replace(/\s+/g, " ").replace(/\.$/, "");
  return new Failure(
    "usage",
    `${origin}: this is not YAML (${reason}); expected lines such as "quota: 50G".`,
  );
}

function pairsOf(document: Document, originAt: OriginAt): readonly Pair[] {
  const { contents } = document;
  // A file of comments alone sets nothing, with or without the line that begins a document.
  if (contents === null || (isScalar(contents) && contents.source === "")) return [];
  if (isMap(contents)) return contents.items;
  const origin = originAt(contents.range?.[0] ?? 0);
  throw new Failure("usage", `${origin}: options have names; expected lines such as "quota: 50G".`);
}

function toOption(name: string, origin: string): (typeof fileOptions)[number] {
  const option = fileOptions.find((each) => each.name === name);
  if (option !== undefined) return option;
  if (name === "config") {
    throw new Failure("usage", `${origin}: a config file cannot name another one; expected --config.`);
  }
  const guess = nearest(
    name,
    fileOptions.map((each) => each.name),
  );
  const hint = guess === null ? "expected the long name of an option" : `did you mean ${guess}?`;
  throw new Failure(
    "usage",
    `${origin}: there is no option ${JSON.stringify(name)}; ${hint}${guess === null ? "." : ""}`,
  );
}

function refuseRepetition(name: Option["name"], origin: string, seen: Map<string, string>): void {
  const before = seen.get(name);
  if (before !== undefined)
    throw new Failure("usage", `${origin}: ${name} is given twice, before at ${before}; expected it once.`);
  seen.set(name, origin);
}
