import type { Output, CommandProcess } from "./command-process.js";

/**
 * Columns to lay a result out for: those of the terminal, else what COLUMNS says, which shells keep to themselves unless it is
 * exported. Undefined where nothing says: then nothing is shortened or broken.
 */
export function widthOf(
  { isTTY, columns = 0 }: Output,
  { env }: Pick<CommandProcess, "env">,
): number | undefined {
  if (isTTY === true && columns > 0) return columns;
  const asked = env["COLUMNS"] ?? "";
  return /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : undefined;
}
