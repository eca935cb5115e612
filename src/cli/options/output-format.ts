import type { Environment } from "../../core/text/environment.js";
export const outputFormats = ["text", "json", "markdown"] as const;

export type OutputFormat = (typeof outputFormats)[number];

/**
 * How a command line that may not be understood, or its environment, wants the result: whoever reads that reads the refusal as
 * well.
 */
export function askedOutput(argv: readonly string[], env: Environment): OutputFormat {
  let output = env["DOCKER_GC_OUTPUT"];
  for (const [index, word] of argv.entries()) {
    if (word === "-o" || word === "--output") output = argv[index + 1];
    else output = /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1] ?? output;
  }
  return knownOutput(output);
}

export function knownOutput(text: string | undefined): OutputFormat {
  return outputFormats.find((format) => format === text) ?? "text";
}
