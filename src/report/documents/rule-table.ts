import type { RuleCheck } from "../../core/plan/rule-checks.js";
import { toImageId, shortId } from "../../core/image/image.js";
import { mostCharacters } from "../../core/text/known-text.js";
import { table, type Block } from "./document.js";
import { elastic, rigid } from "../layout/columns.js";
import { span, type Line } from "../layout/line.js";
import type { Tone } from "../layout/palette.js";
import { countText, durationText, sizeText } from "../wording/quantities.js";
import { holderText } from "../wording/use-text.js";

/** One row for each rule, in the order in which they are asked. */
export function ruleTable(checks: readonly RuleCheck[]): Block {
  const columns = [
    rigid("RULE", null),
    rigid("RESULT", null),
    elastic("BECAUSE", "end", { preferred: 30, comfortable: 20, least: 10 }),
  ];
  const rows = checks.map((check): Line => {
    const { word, tone } = results[check.result];
    const isQuiet = check.result === "off" || check.result === "unasked";
    return [span(ruleNames[check.rule]), span(word, tone), span(becauseOf(check), isQuiet ? "faint" : null)];
  });
  return table(columns, rows);
}

const results: Readonly<Record<RuleCheck["result"], { readonly word: string; readonly tone: Tone }>> = {
  keeps: { word: "keeps", tone: "freed" },
  removes: { word: "removes", tone: "goes" },
  no: { word: "no", tone: "faint" },
  unasked: { word: "not asked", tone: "faint" },
  off: { word: "off", tone: "faint" },
};

/** The option that sets the rule, where there is one. */
const ruleNames: Readonly<Record<RuleCheck["rule"], string>> = {
  "in-use": "in use",
  "parent-of-kept": "parent",
  "name-too-long": "name",
  "keep-rule": "--keep",
  label: "label",
  newest: "--keep-newest",
  local: "--keep-local",
  recent: "--keep-recent",
  grace: "--grace",
  "out-of-scope": "--only",
  "failed-before": "failed before",
  age: "--max-age",
  "untagged-age": "--untagged-age",
  versions: "--max-versions",
  quota: "--quota",
  free: "--free",
  "min-free": "--min-free",
  "min-free-inodes": "--min-free-inodes",
  "max-removals": "--max-removals",
};

function becauseOf(check: RuleCheck): string {
  return check.result === "off" ? (offTexts[check.rule] ?? "") : texts[check.rule](check);
}

const offTexts: Partial<Record<RuleCheck["rule"], string>> = {
  label: "--ignore-keep-label",
  "keep-rule": "no rule is given",
  "out-of-scope": "everything is in scope",
};

/** What was found, and what it was compared with. */
const texts: Readonly<Record<RuleCheck["rule"], (check: RuleCheck) => string>> = {
  "in-use": ({ by }) =>
    by.length === 0 ? "no container, mount or service uses it" : `by ${by.map(holderText).join(", ")}`,
  "parent-of-kept": ({ by }) =>
    by.length === 0 ? "nothing that is kept was built on it" : `${by.map(nameOf).join(", ")} was built on it`,
  "name-too-long": () =>
    `a name of it has more than ${mostCharacters} characters: no rule can tell whether it is meant`,
  "keep-rule": ({ by }) => (by.length === 0 ? "no rule matches" : `${by.join(", ")} matches`),
  label: ({ result }) => `it has ${result === "keeps" ? "the" : "no"} label docker-gc.keep`,
  newest: ({ result, limit }) =>
    `${result === "keeps" ? "" : "not "}among the ${String(limit)} most recently used of its repository`,
  local: ({ result }) => (result === "keeps" ? "no registry is known to have it" : "a registry has it"),
  recent: ({ value, limit }) =>
    value === null
      ? "it counts with the image built on it"
      : `number ${value} by last use; the first ${limit === 1 ? "one stays" : `${String(limit)} stay`}`,
  grace: ({ value, limit }) =>
    `first seen or used ${durationText(value ?? 0)} ago, of ${durationText(limit ?? 0)}`,
  "out-of-scope": ({ by, result }) => {
    if (by.length === 0) return "no pattern matches";
    return result === "keeps" ? `also named ${by.join(", ")}` : `${by.join(", ")} matches: in scope`;
  },
  "failed-before": ({ value }) =>
    value === null ? "no removal of it waits" : `tried again in ${durationText(value)}`,
  age: ({ value, limit }) => `idle ${durationText(value ?? 0)} of ${durationText(limit ?? 0)}`,
  "untagged-age": ({ value, limit }) =>
    `no tag; idle ${durationText(value ?? 0)} of ${durationText(limit ?? 0)}`,
  versions: ({ result, limit }) =>
    `${result === "removes" ? "beyond" : "no image beyond"} the ${String(limit)} most recently used of each of its repositories`,
  free: ({ value, limit }) => `${sizeText(value ?? 0)} come free, wanted ${sizeText(limit ?? 0)}`,
  quota: (check) =>
    `all images take ${sizeText(check.value ?? 0)} of ${sizeText(check.limit ?? 0)}${fitText(check)}`,
  "min-free": ({ value, limit }) => `${sizeText(value ?? 0)} free, wanted ${sizeText(limit ?? 0)}`,
  "min-free-inodes": ({ value, limit }) => `${String(value)} inodes free, wanted ${String(limit)}`,
  "max-removals": ({ value, limit }) => `${countText(value ?? 0, "removal")} planned, of ${String(limit)}`,
};

/** Beyond the quota, most of the most recently used stay. */
function fitText({ value, limit, result }: RuleCheck): string {
  if (value === null || limit === null || value <= limit || result === "unasked") return "";
  return result === "removes" ? "; it does not fit" : "; it still fits";
}

function nameOf(nameOrId: string): string {
  const id = toImageId(nameOrId);
  return id === null ? nameOrId : shortId(id);
}
