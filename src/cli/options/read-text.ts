import { UnfitFile, type Intake } from "../../files/open-input.js";
import { readInput } from "../../files/read-input.js";

/** The text of a file or a pipe that an option names. Throws as readInput does, and UnfitFile for what is no UTF-8. */
export async function readText(path: string, most: number, signal: AbortSignal): Promise<string> {
  const intake: Intake = { most, links: "followed" };
  const content = await readInput(path, intake, { signal });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw new UnfitFile("is not UTF-8", "text");
  }
}
