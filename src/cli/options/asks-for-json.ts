/**
 * Whether a command line that may not be understood, or its environment, wants JSON: whoever reads the result reads the refusal
 * as well.
 */
export function asksForJson(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  let output = env["DOCKER_GC_OUTPUT"];
  for (const [index, word] of argv.entries()) {
    if (word === "-o" || word === "--output") output = argv[index + 1];
    else output = /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1] ?? output;
  }
  return output === "json";
}
