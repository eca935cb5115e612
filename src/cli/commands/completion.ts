import { completionScript, shells } from "../manual/completion.js";
import type { Task } from "../task.js";
import { toChoice } from "../options/values.js";

export function perform({ raw, process }: Task): Promise<number> {
  const [word = ""] = raw.words;
  process.stdout.write(completionScript(toChoice({ value: word, origin: "completion" }, shells)));
  return Promise.resolve(0);
}
