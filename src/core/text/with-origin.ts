import { Failure } from "./failure.js";

/**
 * Runs a parser and says where its text stands: the message of a Failure it throws gets `where: ` in front.
 *
 * @param where `--quota`, `DOCKER_GC_QUOTA`, `keep.txt:3`, …
 */
export function withOrigin<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `${where}: ${error.message}`, { cause: error });
  }
}
