import { fileOptions } from "../../src/cli/options/config-file/parse.js";
import type { Option } from "../../src/cli/options/option.js";

type Schema = Readonly<Record<string, unknown>>;

/** The JSON schema of a config file, for editors, out of the table of options. */
export function configSchema(): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "docker-gc config file",
    description: "Settings of docker-gc: the long names of its options. YAML 1.2 or JSON.",
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(fileOptions.map((option) => [option.name, schemaOf(option)])),
  };
}

function schemaOf(option: Option): Schema {
  const preset = option.default === null ? {} : { default: option.default };
  const rest = { description: option.description, ...preset };
  switch (option.kind) {
    case "flag":
      return { ...rest, type: "boolean" };
    case "value":
      return { ...rest, ...valueOf(option) };
    case "list":
      return { ...rest, type: "array", minItems: 1, items: valueOf(option) };
  }
}

const aText = { type: "string", pattern: "\\S" };
/** The digits of 1048576 and of everything above. */
const fromOneMiB =
  "0*(104857[6-9]|10485[89][0-9]|1048[6-9][0-9]{2}|1049[0-9]{3}|10[5-9][0-9]{4}|1[1-9][0-9]{5}|[2-9][0-9]{6}|[1-9][0-9]{7,})";
const aNumber = { type: "integer", minimum: 0 };

/** By the words that the help has for the value. */
const words: Readonly<Record<string, readonly Schema[]>> = {
  DURATION: [
    {
      type: "string",
      pattern:
        "^(?=[0-9])( ?[0-9]+ ?y(rs?|ears?)?)?( ?[0-9]+ ?w(ks?|eeks?)?)?( ?[0-9]+ ?d(ays?)?)?( ?[0-9]+ ?h(rs?|ours?)?)?" +
        "( ?[0-9]+ ?m(ins?|inutes?)?)?( ?[0-9]+ ?s(ecs?|econds?)?)?( ?[0-9]+ ?ms)?$",
    },
  ],
  SIZE: [
    { type: "integer", minimum: 2 ** 20 },
    { type: "string", pattern: `^(${fromOneMiB}|[0-9]+ ?[bB]|[0-9]+(\\.[0-9]+)? ?[KMGTPkmgtp][iI]?[bB]?)$` },
  ],
  PERCENT: [{ type: "string", pattern: "^[0-9]+(\\.[0-9]+)? ?%$" }],
  N: [aNumber, { type: "string", pattern: "^[0-9]+$" }],
  FILE: [aText],
  URL: [aText],
  NAME: [aText],
  // One of digits alone may be an image ID.
  PATTERN: [aText, { type: "number" }],
  "KEY[=VALUE]": [aText, { type: "number" }],
};

function valueOf({ placeholder, default: preset }: Option): Schema {
  const kinds = new Set(placeholder.split("|"));
  if (preset === "off") kinds.add(preset);
  const choices = [...kinds].filter((kind) => /^[a-z-]+$/.test(kind));
  const others = [...kinds].filter((kind) => !choices.includes(kind)).flatMap((kind) => schemasOf(kind));
  const all = choices.length === 0 ? others : [...others, { enum: choices }];
  const [only] = all;
  return only !== undefined && all.length === 1 ? only : { anyOf: all };
}

function schemasOf(kind: string): readonly Schema[] {
  const known = words[kind];
  if (known === undefined) throw new Error(`No schema is known for ${kind}.`);
  return known;
}
