import { completionScript, shells } from "../manual/completion.js";
import type { Task } from "../task.js";
import { toChoice } from "../options/values.js";

/** `completion`: a script for a shell. */
export function perform({ raw, surroundings }: Task): Promise<number> {
  const [word = ""] = raw.words;
  surroundings.stdout.write(completionScript(toChoice({ value: word, origin: "completion" }, shells)));
  return Promise.resolve(0);
}
