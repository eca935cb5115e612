import type { RuleCheck } from "../../core/plan/rule-checks.js";
import { matchingPatterns } from "../../core/policy/patterns.js";
import type { Policy } from "../../core/policy/policy.js";
import type { KeepReason, KeepRuleReason } from "../../core/rules/keep-rules.js";
import { mostCharacters } from "../../core/text/known-text.js";
import { nameOrShortId } from "./image-name.js";
import { alternatives } from "../../core/text/lists.js";
import { alsoNamed } from "./also-named.js";
import { countText, durationText, momentText } from "./quantities.js";
import { withExpected, type ReasonWords, type RuleWords } from "./rule-words.js";
import { holderText, usersText } from "./use-text.js";

/** What is said of a reason why an image stays. */
export interface KeepWords extends ReasonWords {
  /** For `explain`: what has to change before the image may go. Absent where that is said otherwise. */
  readonly until?: (check: RuleCheck) => string;
  /** In the line of all rules, where the policy has it; null where it does not. */
  readonly inForce?: (policy: Policy) => string | null;
}

/**
 * All words of the rules that keep. A new rule does not compile until it is here. The order is that of the line of all rules;
 * everything else goes by the list of rules.
 */
export const keepWords: Readonly<Record<KeepRuleReason | "max-removals", KeepWords & RuleWords>> &
  Readonly<Record<KeepReason, KeepWords>> = {
  "in-use": {
    short: "in use",
    why: ({ inUseBy }) => (inUseBy.length === 0 ? null : `in use by ${usersText(inUseBy)}`),
    rule: "in use",
    because: ({ by }) =>
      by.length === 0 ? "no container, mount or service uses it" : `by ${by.map(holderText).join(", ")}`,
    until: ({ by }) =>
      `It stays as long as ${alternatives(by.map(holderText))} ${by.length === 1 ? "exists" : "exist"}; its idle time starts then.`,
  },
  "parent-of-kept": {
    short: "parent of a kept image",
    rule: "parent",
    because: ({ by }) =>
      by.length === 0
        ? "nothing that is kept was built on it"
        : `${by.map(nameOrShortId).join(", ")} was built on it`,
    until: ({ by }) =>
      `It stays as long as ${alternatives(by.map(nameOrShortId))} ${by.length === 1 ? "stays" : "stay"}, built on it.`,
  },
  "name-too-long": {
    short: "a name too long to know",
    rule: "name",
    because: () =>
      `one of its names has more than ${mostCharacters} characters, so no rule can be applied to it`,
    until: () => "It stays until it has no such name: the engine can be asked to remove that by hand.",
  },
  grace: {
    short: "within grace",
    why: (_, { graceMs }) => `within grace (${durationText(graceMs)})`,
    rule: "--grace",
    because: ({ value, limit }) =>
      `first seen or used ${durationText(value ?? 0)} ago, of ${durationText(limit ?? 0)}`,
    until: ({ value, limit }) => `It stays for at least ${durationText((limit ?? 0) - (value ?? 0))} more.`,
    inForce: ({ graceMs }) => `grace ${durationText(graceMs)}`,
  },
  recent: {
    short: "most recently used",
    why: (_, { keepRecent }) => (keepRecent === 1 ? null : `one of the ${keepRecent} most recently used`),
    rule: "--keep-recent",
    because: ({ value, limit }) =>
      value === null
        ? "it takes no place of its own"
        : `number ${value} by last use; the first ${limit === 1 ? "one stays" : `${String(limit)} stay`}`,
    until: () => "It stays until others have been used after it.",
    inForce: ({ keepRecent }) => `keep-recent ${keepRecent}`,
  },
  newest: {
    short: "newest of its repository",
    why: (_, { keepNewest }) =>
      keepNewest === 1 ? null : `one of the ${keepNewest} newest of its repository`,
    rule: "--keep-newest",
    because: ({ result, limit }) =>
      `${result === "keeps" ? "" : "not "}among the ${String(limit)} most recently used of its repository`,
    until: () => "It stays until others of its repository have been used after it.",
    inForce: ({ keepNewest }) => (keepNewest === 0 ? null : `keep-newest ${keepNewest}`),
  },
  label: {
    short: "label docker-gc.keep",
    rule: "label",
    because: ({ result }) => `it has ${result === "keeps" ? "the" : "no"} label docker-gc.keep`,
    off: "--ignore-keep-label",
    until: () => "It stays as long as it has the label docker-gc.keep.",
    inForce: ({ keepLabel }) => (keepLabel === "heeded" ? null : "ignore-keep-label"),
  },
  local: {
    short: "in no known registry",
    rule: "--keep-local",
    because: ({ result }) => (result === "keeps" ? "no registry is known to have it" : "a registry has it"),
    until: () => "It stays until a run sees that it is pulled or pushed, or --keep-local is left out.",
    inForce: ({ keepLocal }) => (keepLocal === "none" ? null : "keep-local"),
  },
  unpullable: {
    short: "could not be pulled again",
    rule: "--keep-unpullable",
    because: ({ value, by }) =>
      value === null
        ? "a registry is asked just before it goes"
        : `${by.join(" ").replace(/\.$/, "")}; asked again in ${durationText(value)}`,
    until: ({ value }) =>
      `It stays until a registry has it, which is asked again in ${durationText(value ?? 0)} at the earliest, or --keep-unpullable is left out.`,
    inForce: ({ keepUnpullable }) => (keepUnpullable === "none" ? null : "keep-unpullable"),
  },
  "keep-rule": {
    short: "kept by a rule",
    why: ({ image }, { keep }) => {
      const [pattern] = matchingPatterns(keep, image);
      return pattern === undefined ? null : `keep rule ${pattern.text}`;
    },
    rule: "--keep",
    because: ({ by }) => (by.length === 0 ? "no rule matches" : `${by.join(", ")} matches`),
    off: "no rule is given",
    until: ({ by }) =>
      `It stays as long as ${alternatives(by)} ${by.length === 1 ? "is a rule" : "are rules"} to keep it.`,
    inForce: ({ keep }) => (keep.length === 0 ? null : `keep ${textsOf(keep)}`),
  },
  "out-of-scope": {
    short: "not in scope",
    why: (image, policy) => {
      const [name, ...further] = alsoNamed(image, policy);
      if (name === undefined) return null;
      return `not in scope (also named ${name}${further.length === 0 ? "" : ` +${further.length}`})`;
    },
    rule: "--only",
    because: ({ by, result }) => {
      if (by.length === 0) return "no pattern matches";
      return result === "keeps" ? `also named ${by.join(", ")}` : `${by.join(", ")} matches: in scope`;
    },
    off: "everything is in scope",
    until: () => "It stays as long as no --only pattern matches it.",
    inForce: ({ only }) => (only === null ? null : `only ${textsOf(only)}`),
  },
  "failed-before": {
    short: "could not be removed",
    why: ({ retryAt }) =>
      retryAt === null ? null : `could not be removed, tried again at ${momentText(retryAt)}`,
    rule: "failed before",
    because: ({ value }) =>
      value === null ? "no removal of it failed" : `tried again in ${durationText(value)}`,
    until: ({ value }) =>
      `Its removal failed, and is tried again in ${durationText(value ?? 0)} at the earliest.`,
  },
  "within-limits": { short: "within limits", why: withExpected },
  "max-removals": {
    short: "--max-removals reached",
    why: withExpected,
    rule: "--max-removals",
    because: ({ value, limit }) => `${countText(value ?? 0, "removal")} planned, of ${String(limit)}`,
    inForce: ({ maxRemovals }) => (maxRemovals === null ? null : `max-removals ${maxRemovals}`),
  },
};

function textsOf(patterns: Policy["keep"]): string {
  return patterns.map(({ text }) => text).join(", ");
}
