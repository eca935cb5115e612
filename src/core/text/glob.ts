import picomatch from "picomatch";
import { describeError, Failure } from "./failure.js";
import { linearExpression, type Expression } from "./linear-expression.js";

/**
 * A glob on image names as a regular expression that matches whole names. `*` and `?` stay within a path
 * component, `**` stands for any number of whole components, `[a-z]`, `[!a]` and `{a,b}` are as in a shell.
 * There is no negation of a whole glob, no extended glob and no range in braces.
 *
 * @throws Failure of code `usage`, to be prefixed with the place where the text stands.
 */
export function parseGlob(text: string): Expression {
  const problem = problemOf(text);
  if (problem !== null) throw refused(text, problem);
  try {
    // `makeRe` rather than a matcher, which takes a second argument and so is a trap for `some` and `filter`.
    const expression = picomatch.makeRe(fullHubName(text), {
      dot: true,
      windows: false,
      nonegate: true,
      noextglob: true,
      posix: true, // Without it, `[!a]` means `!` or `a`.
      strictBrackets: true,
      debug: true, // Without it, a bad range gives an expression that never matches.
    });
    return inBoundedTime(expression);
  } catch (error) {
    throw refused(text, `cannot be read (${describeError(error)})`);
  }
}

/** What rules out the path components `.` and `..`, and empty ones: no image name has any. */
const lookaheads = ["(?!(?:^|\\/)\\.{1,2}(?:\\/|$))", "(?!\\.{1,2}(?:\\/|$))", "(?=.)"];

/**
 * With each further wildcard the time to match grows by another power of the length of the name, to hours with six. So many
 * are for the engine whose time does not; most globs have one or two, and do without loading it.
 */
function inBoundedTime(expression: RegExp): Expression {
  const wildcards = expression.source.split("*?").length - 1;
  if (wildcards <= 2) return expression;
  const source = lookaheads.reduce((rest, each) => rest.replaceAll(each, ""), expression.source);
  return linearExpression(source);
}

/** What picomatch would take, and then never match, or match otherwise than it reads. */
function problemOf(text: string): string | null {
  if (text === "") return "is empty";
  if (text.startsWith("!")) return "begins with !, and there is no negation";
  if (text.startsWith("sha256:"))
    return "is not an image ID or digest of at least 12 digits from 0-9 and a-f";
  if (!/[*?[\]{}]/.test(text)) return "is not an image name";
  if (!/^[\w.:/@,^!*?[\]{}+-]+$/.test(text)) return "has characters that no image name has";
  if (/^\/|\/\/|\/$/.test(text)) return "has an empty path component";
  if (text.split("/").some((part) => part.includes("**") && part !== "**")) {
    return "has a ** that is not a whole path component, as it is in **/*:latest";
  }
  return braceProblemOf(text);
}

function braceProblemOf(text: string): string | null {
  const alternatives = /\{(?=[^{}]*,)(?![^{}]*\.\.)[^{}]*\}/g;
  // Innermost braces are taken away until none is left.
  let rest = text;
  for (let next = rest.replace(alternatives, ""); next !== rest; next = rest.replace(alternatives, ""))
    rest = next;
  if (/[{}]/.test(rest)) return "has braces that do not hold alternatives, as they do in {a,b}";
  return rest.includes(",") ? "has a comma outside braces, but each pattern is given on its own" : null;
}

/** Docker reads `docker.io/redis` as `docker.io/library/redis`; so does a glob with one component behind it. */
function fullHubName(glob: string): string {
  return glob.replace(/^(?:index\.)?docker\.io\/(?=[^/]+$)(?!\*\*)/, "docker.io/library/");
}

function refused(text: string, problem: string): Failure {
  const expected = "a name, glob, digest, image ID, or re: and a regular expression";
  const examples = "redis:7, registry.example/team/*, sha256:… or re:^app-";
  return new Failure(
    "usage",
    `${JSON.stringify(text)} ${problem}; expected ${expected}, such as ${examples}.`,
  );
}
