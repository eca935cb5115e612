import type { RuleCheck } from "../../core/plan/rule-checks.js";
import { table, type Block } from "./document.js";
import { elastic, rigid } from "../layout/columns.js";
import { span, type Line } from "../layout/line.js";
import type { Tone } from "../layout/palette.js";
import { keepWords } from "../wording/keep-words.js";
import { limitWords } from "../wording/limit-words.js";
import type { RuleWords } from "../wording/rule-words.js";

/** One row for each rule, in the order in which they are asked. */
export function ruleTable(checks: readonly RuleCheck[]): Block {
  const columns = [
    rigid("RULE", null),
    rigid("RESULT", null),
    elastic("BECAUSE", "none", { preferred: 30, comfortable: 20, least: 8 }),
  ];
  const rows = checks.map((check): Line => {
    const { word, tone } = results[check.result];
    const isQuiet = check.result === "off" || check.result === "unasked";
    const { rule, off = "", because } = words[check.rule];
    const why = check.result === "off" ? off : because(check);
    return [span(rule), span(word, tone), span(why, isQuiet ? "faint" : null)];
  });
  return table(columns, rows);
}

const words: Readonly<Record<RuleCheck["rule"], RuleWords>> = { ...keepWords, ...limitWords };

const results: Readonly<Record<RuleCheck["result"], { readonly word: string; readonly tone: Tone }>> = {
  keeps: { word: "keeps", tone: "freed" },
  removes: { word: "removes", tone: "goes" },
  no: { word: "no", tone: "faint" },
  unasked: { word: "not asked", tone: "faint" },
  off: { word: "off", tone: "faint" },
};
