import { Failure } from "../../core/text/failure.js";

/** A refusal of something on the command line or in the environment. */
export function usageFailure(sentence: string): Failure {
  return new Failure("usage", `${sentence} See docker-gc --help.`);
}
